/*
 * Run by itself, on the sources that stand beside it: tries them with the contract of a store and a few random traces, and
 * says what first caught them. Exit status 1: caught. 0: nothing noticed.
 */
import { memoryStore } from '../../src/stores/memory/index.ts';
import { contractSuite, differential } from '../../src/testing/index.ts';

const SEEDS = 100;
const STEPS = 150;

async function firstFailure(): Promise<string | undefined> {
  for (const { name, run } of contractSuite((clock) => memoryStore({ clock, random: () => 1 }))) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first failure ends it
      await run();
    } catch {
      return name;
    }
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first failure ends it
      await differential({
        seed,
        steps: STEPS,
        stores: [(clock, random) => memoryStore({ clock, random: () => random.bits() })],
      });
    } catch {
      return `random trace ${seed}`;
    }
  }
  return undefined;
}

const failure = await firstFailure();
process.stdout.write(failure ?? '');
process.exitCode = failure === undefined ? 0 : 1;
