import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/demo/fleet/main.js', import.meta.url));

async function demo(...words: readonly string[]): Promise<readonly [number | null, string]> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [told, [code]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number | null]>]);
  return [code, told];
}

it('the fleet holds one limit while a gateway and then Redis are killed', async () => {
  const [code, told] = await demo();
  expect(told).toContain('The limit was held.');
  expect(told).toMatch(/gateway 2 is killed[^]*Redis is killed[^]*started again[^]*in again after \d+ ms/);
  expect(code).toBe(0);
});

it('the same fleet fails where each gateway counts by itself', async () => {
  const [code, told] = await demo('--apart');
  expect(told).toContain('the limit was not held');
  expect(code).toBe(1);
});
