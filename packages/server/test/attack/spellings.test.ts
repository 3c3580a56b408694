/* oxlint-disable no-await-in-loop -- one guess after another is what is tested */
/* oxlint-disable vitest/no-conditional-expect -- a spelling is refused, or its charge is looked at */
import { describe, expect, it } from 'vitest';
import { file, serve, startedApi } from '../cli-support.ts';
import { ask2, dial2, frame, FRAME, GET, headBlock } from '../http2-support.ts';
import { ask, sendRaw, until } from '../support.ts';
import { setUpRaw } from './set-up-raw.ts';
import { SECRET } from './spellings.ts';
import { readAll, valuesOf } from './wire.ts';

const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: unlimited
operations:
  secret: { match: ANY /v1/secret }
  items: { match: [GET /v1/items, 'GET /v1/items/:id'] }
  rest: { match: ANY /** }
limits: { calls: { rate: 1000/minute, per: [address, operation] } }
respond: { headers: { of: calls, fields: { X-Charged: '{= operation.name }' } } }
`;

/** The operation that an API runs which unescapes once, takes dots and double slashes as they are meant, and no more. */
function runBy(path: string): string {
  const plain = decodeURIComponent(path.replace(/^\/base/, '').split('?', 1)[0] ?? '').replaceAll(/[?# ]/g, 'x');
  const { pathname } = new URL(`http://a/${plain.replace(/^\/+/, '')}`);
  const seen = pathname.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
  return seen === '/v1/secret' ? 'secret' : /^\/v1\/items(?:\/[^/]+)?$/.test(seen) ? 'items' : 'rest';
}

describe('however a path is spelled', () => {
  it.each(SECRET)('%s, what reaches the API was charged as what it runs', async (target) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    const bytes = await sendRaw(gateway.url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 3000);
    const [answer] = readAll(bytes).messages;
    const paths = api.heard().requests.map(({ first }) => first.split(' ')[1] ?? '');
    if (paths.length === 0) return expect(answer?.first).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect(paths).toHaveLength(1);
    expect(valuesOf(answer ?? { fields: [] }, 'x-charged')).toEqual(paths.map(runBy));
  });

  it('is so in HTTP/2 as in HTTP/1', async () => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    for (const target of SECRET.filter((each) => /^\/[\u0021-\u007e]*$/.test(each))) {
      const answer = await ask2(gateway.url, { ':path': target });
      if (answer.status === 200)
        expect(answer.headers['x-charged']).toBe(runBy(api.heard().requests.at(-1)?.first.split(' ')[1] ?? ''));
      else expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('heads that are too large', () => {
  const MEGABYTE = 'a'.repeat(1024 * 1024);
  it.each([
    ['a target', `GET /${MEGABYTE} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a method', `${MEGABYTE} / HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['a value', `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${MEGABYTE}\r\n\r\n`],
    ['a name', `GET / HTTP/1.1\r\nHost: a\r\n${MEGABYTE}: a\r\n\r\n`],
    ['10,000 fields', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`],
    ['101 fields', `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(100)}\r\n`],
    ['empty lines', `${'\r\n'.repeat(500_000)}GET / HTTP/1.1\r\n\r\n`],
  ])('%s of a megabyte, are refused, and their connection ends', async (_, bytes) => {
    const { gateway, api } = await setUpRaw();
    expect(await sendRaw(gateway.url, bytes)).toMatch(/^(?:HTTP\/1\.1 4(?:00|31) [^]*)?$/);
    expect(api.streams()).toEqual([]);
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('are refused in HTTP/2 before they are read', async () => {
    const { gateway, api } = await setUpRaw();
    const line = await dial2(gateway.url);
    const block = headBlock([...GET, ['x-a', MEGABYTE]]);
    line.socket.write(frame(FRAME.headers, 1, 1, block.subarray(0, 16_000)));
    for (let at = 16_000; at < block.length; at += 16_000)
      line.socket.write(
        frame(FRAME.continuation, at + 16_000 < block.length ? 0 : 4, 1, block.subarray(at, at + 16_000)),
      );
    await until(
      () => line.socket.destroyed || line.heard().some(([type]) => type === FRAME.reset || type === FRAME.headers),
    );
    expect(api.streams()).toEqual([]);
    line.socket.destroy();
  });
});

describe('guesses', () => {
  it('of keys are ended by the bound on their address, and the right one then tells nothing', async () => {
    const listed = `
headgate: 1
identify: { key: { header: X-API-Key, find: keys, keys: { the-right-one: { account: a } } } }
unidentified: 10/minute
limits: { calls: { rate: 1000/minute, per: account } }
`;
    const { gateway, api } = await setUpRaw({ policy: listed });
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++)
      statuses.push((await ask(gateway.url, { headers: { 'X-API-Key': `guess-${i}` } })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(20).fill(429)]);
    const [right, wrong] = [
      await ask(gateway.url, { headers: { 'X-API-Key': 'the-right-one' } }),
      await ask(gateway.url, { headers: { 'X-API-Key': 'guess' } }),
    ];
    expect([right.status, right.body]).toEqual([429, wrong.body]);
    expect(api.streams()).toEqual([]);
  });
});

describe('the log', () => {
  it('has a line of JSON for each thing that happened, whatever it was told', async () => {
    const { url } = await startedApi((_, response) => response.end());
    const policy = file(
      'log.yaml',
      'headgate: 1\nidentify: { key: { header: X-API-Key, find: any } }\nlimits: { calls: { rate: 1/hour, per: key } }\n',
    );
    const serving = await serve(policy, url, '--access-log');
    const said = [
      '"},{"level":"error',
      '\u00e2\u0080\u00a8\u00e9',
      '\t',
      '%0d%0a{"level":"fatal"}',
      '${jndi:ldap://a}',
      '\u009b2J',
    ];
    for (const text of said)
      for (let i = 0; i < 2; i++)
        await sendRaw(
          serving.url,
          `GET /${text.replace(/[^!-~]/g, 'x')} HTTP/1.1\r\nHost: a\r\nX-API-Key: secret-${text}\r\nX-Request-Id: ${text}\r\nUser-Agent: ${text}\r\nConnection: close\r\n\r\n`,
          3000,
        );
    await until(() => (serving.stderr().match(/"served"/g)?.length ?? 0) >= 2 * said.length);
    const lines = serving.stderr().trimEnd().split('\n');
    for (const line of lines) expect((JSON.parse(line) as { level: string }).level).toMatch(/^(?:info|warn)$/);
    // oxlint-disable-next-line no-control-regex -- controls are what is looked for
    expect(serving.stderr()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]|secret/);
  });
});
