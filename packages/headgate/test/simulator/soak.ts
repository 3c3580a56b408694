/*
 * Run by itself: goes on from seed to seed for as long as one likes. With a seed, from that one on and nothing else; else all tests go first, with cases
 * that were not drawn before and ten times as many crashes.
 * With `--gates`, only gates over the store are simulated; without it they take their turn, unless a seed is given.
 *
 *   npm run soak -- --minutes 60
 *   npm run soak -- --seed 42 --seeds 1
 *   npm run soak -- --gates --seed 42 --seeds 1
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { simulateGates } from './gates/simulate.ts';
import { Many } from './many.ts';

const DEFAULT_MINUTES = 10;
/** Seeds between two words to whoever waits. */
const A_WORD = 200;
/** The tests of every change try the seeds below. */
const FIRST_OF_SOAK = 1_000_000;
/** A turn of the gates after so many of the store. */
const A_GATE = 10;

interface Asked {
  readonly minutes: number;
  /** Undefined: none was given. */
  readonly seed: number | undefined;
  readonly seeds: number | undefined;
  readonly gates: boolean;
}

/** @throws Error for what it does not take: before anything is tried, which may take an hour */
function readAsked(): Asked {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      gates: { type: 'boolean' },
    },
  });
  const { minutes, seed, seeds, gates = false } = values;
  return {
    minutes: whole('minutes', minutes) ?? DEFAULT_MINUTES,
    seed: whole('seed', seed),
    seeds: whole('seeds', seeds),
    gates,
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name}: expected a whole number, got "${text}"`);
}

function tests(): void {
  const { env } = process;
  const HEADGATE_SEED = env['HEADGATE_SEED'] ?? String(Date.now() % 1e9); // oxlint-disable-line eslint/camelcase -- as it is called outside
  console.log(`HEADGATE_SEED=${HEADGATE_SEED}`);
  const { status } = spawnSync('vitest', ['run'], {
    env: { ...env, HEADGATE_SEED },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

async function simulations({ minutes, seed: from, seeds, gates }: Asked): Promise<void> {
  const first = from ?? FIRST_OF_SOAK + (Date.now() % 1e9);
  const last = first + (seeds ?? Number.MAX_SAFE_INTEGER - first);
  const endsAtMs = Date.now() + minutes * 60_000;
  const many = new Many();
  let ofGates = 0;
  const told = (): string => `${many.toString()}; ${ofGates} seeds of gates`;
  for (let seed = first; seed < last && Date.now() < endsAtMs; seed++) {
    const isGate = gates || (from === undefined && seed % A_GATE === 0);
    if (isGate) ofGates++;
    await (isGate ? simulateGates(seed) : many.run(seed, 1)); // oxlint-disable-line no-await-in-loop -- the first that fails ends it
    if ((many.seeds + ofGates) % A_WORD === 0) console.log(`seed ${seed}: ${told()}`);
  }
  console.log(`no lie found: ${told()}, from seed ${first} on`);
}

try {
  const asked = readAsked();
  if (asked.seed === undefined) tests();
  await simulations(asked);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
