/*
 * Run by itself: goes on from seed to seed for as long as one likes. With a seed, from that one on and nothing else; else the tests of crashes go first.
 *
 *   npm run soak -- --minutes 60
 *   npm run soak -- --seed 42 --seeds 1
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Many } from './many.ts';

const DEFAULT_MINUTES = 10;
/** Seeds between two words to whoever waits. */
const A_WORD = 200;
/** The tests of every change try the seeds below. */
const FIRST_OF_SOAK = 1_000_000;

interface Asked {
  readonly minutes: number;
  /** Undefined: none was given. */
  readonly seed: number | undefined;
  readonly seeds: number | undefined;
}

/** @throws Error for what it does not take: before anything is tried, which may take an hour */
function readAsked(): Asked {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, seeds: { type: 'string' } },
  });
  const { minutes, seed, seeds } = values;
  return {
    minutes: whole('minutes', minutes) ?? DEFAULT_MINUTES,
    seed: whole('seed', seed),
    seeds: whole('seeds', seeds),
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name}: expected a whole number, got "${text}"`);
}

function crashes(): void {
  const { status } = spawnSync('vitest', ['run', 'packages/headgate/test/sqlite'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

async function simulations({ minutes, seed: from, seeds }: Asked): Promise<void> {
  const first = from ?? FIRST_OF_SOAK + (Date.now() % 1e9);
  const last = first + (seeds ?? Number.MAX_SAFE_INTEGER - first);
  const endsAtMs = Date.now() + minutes * 60_000;
  const many = new Many();
  for (let seed = first; seed < last && Date.now() < endsAtMs; seed++) {
    await many.run(seed, 1); // oxlint-disable-line no-await-in-loop -- the first that fails ends it
    if (many.seeds % A_WORD === 0) console.log(`seed ${seed}: ${many.toString()}`);
  }
  console.log(`no lie found: ${many.toString()}, from seed ${first} on`);
}

try {
  const asked = readAsked();
  if (asked.seed === undefined) crashes();
  await simulations(asked);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
