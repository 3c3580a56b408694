import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { closeAfterwards } from '../adapters/set-up.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const [, example = ''] = /^```js\n(.*?)^```/ms.exec(readFileSync(`${root}docs/redis.md`, 'utf8')) ?? [];

/** The app of the page in a process of its own, as a reader would run it, but for its ports and its patience; says where it listens. */
async function appOf(redisPort: number): Promise<string> {
  const listening = "app.listen(0, '127.0.0.1', function () { console.log(this.address().port); });";
  // A busy machine may take longer than a request waits for the store.
  const patient = '{ store, storeDeadlineMs: 10_000,';
  const code = example
    .replace('6379', String(redisPort))
    .replace('{ store,', patient)
    .replace('app.listen(3000);', listening);
  for (const replaced of [patient, listening]) expect(code).toContain(replaced);
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closeAfterwards(async () => void child.kill('SIGKILL'));
  for await (const port of child.stdout) return `http://127.0.0.1:${String(port).trim()}`;
  throw new Error('expected the example to listen, and it ended');
}

it('the app of the documentation runs, and two of it share what one may ask', async () => {
  const apps = [await appOf(redis.server.port), await appOf(redis.server.port)];
  const told: unknown[] = [];
  for (let i = 0; i < 21; i++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    const answer = await fetch(`${apps[i % 2]}/search`);
    told.push([answer.status, answer.headers.get('ratelimit')?.replace(/;t=\d+/, '')]);
    await answer.text(); // oxlint-disable-line no-await-in-loop -- one after another
  }
  expect(told).toEqual([
    ...Array.from({ length: 20 }, (_, i) => [200, `"limit";r=${95 - 5 * i}`]),
    [429, '"limit";r=0'],
  ]);
});
