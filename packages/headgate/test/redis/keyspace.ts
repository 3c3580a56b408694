import { expect } from 'vitest';
import type { Connected } from './clients.ts';

/** The longest that any key may live, with its margin: ten years. In ms. */
const LONGEST_MS = 366e4 * 864e2 + 3_600_000 * 2;

/** Claims that every key of a server ends by itself. Says how many there are. */
export async function expectLifetimes({ command }: Connected): Promise<number> {
  let cursor = '0';
  let keys = 0;
  do {
    const [next, found] = (await command('SCAN', cursor, 'COUNT', '1000')) as [string, string[]]; // Redis's own reply.
    const lifetimes = await Promise.all(found.map((key) => command('PTTL', key)));
    for (const [i, ms] of lifetimes.entries())
      // -2: it ended between the two questions.
      if (ms !== -2 && !(Number(ms) > 0 && Number(ms) <= LONGEST_MS)) expect.fail(`${found[i]} lives ${String(ms)} ms`);
    keys += found.length;
    cursor = next;
  } while (cursor !== '0');
  return keys;
}
