// One decision on a warm draw of a lease store, beside the same of the memory store, in one process: `leased.mjs MS`, and one line of JSON.
import { leaseStore } from '../built/stores/leased/index.js';
import { memoryStore } from '../built/stores/memory/index.js';
import { programOf } from '../built/testing/index.js';

const MS = Number(process.argv[2] ?? 200);
const AMOUNT = 1e12;
const WINDOW_MS = 3_600_000;
/** Decisions in a row, with a turn of the loop between two rows, in which what was asked for is answered. */
const ROW = 500;
const ROUNDS = 9;
const WARM_ROUNDS = 2;

/** Limits of one record, as the other subjects have them. */
const KINDS = {
  'one fixed': [{ kind: 'fixed' }],
  'one sliding': [{ kind: 'sliding' }],
  'three fixed': [{ kind: 'fixed' }, { kind: 'fixed' }, { kind: 'fixed' }],
};

/** A store somewhere else that answers some turns later. */
function beneath(store) {
  return {
    traits: { ...store.traits, clock: 'store' },
    apply: async (step) => store.apply(step),
    close: async () => undefined,
  };
}

/** Rows in which somebody had to wait are not of a warm draw: they are counted, and left out. */
async function timed(store, step, forMs) {
  const endsAt = performance.now() + forMs;
  let [ms, rows, cold] = [0, 0, 0];
  while (performance.now() < endsAt) {
    let promised = 0;
    const beganAt = performance.now();
    for (let i = 0; i < ROW; i++) if (store.apply(step, 50) instanceof Promise) promised++;
    const tookMs = performance.now() - beganAt;
    if (promised > 0) cold++;
    else {
      ms += tookMs;
      rows++;
    }
    // oxlint-disable-next-line no-await-in-loop -- one row after another
    await turn();
  }
  return { ns: (ms * 1e6) / (rows * ROW), cold: cold / (rows + cold) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function compare(specs) {
  const limits = specs.map((spec, i) => ({ ...spec, amount: AMOUNT, windowMs: WINDOW_MS, limitId: i + 1 }));
  const program = programOf(...limits);
  const step = { op: 'decide', program, keys: ['user:1'], costs: limits.map(() => 1) };
  const [memory, leased] = [memoryStore(), leaseStore(beneath(memoryStore()), { lifetimeMs: 2000 })];
  const rows = [];
  // oxlint-disable no-await-in-loop -- one after another is what is measured
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await timed(leased, step, MS);
    const floor = await timed(memory, step, MS);
    if (round >= WARM_ROUNDS) rows.push({ memoryNs: floor.ns, leasedNs: ours.ns, cold: ours.cold });
  }
  // oxlint-enable no-await-in-loop
  await leased.close();
  return rows;
}

const all = {};
// oxlint-disable-next-line no-await-in-loop -- one after another
for (const [name, specs] of Object.entries(KINDS)) all[name] = await compare(specs);
process.stdout.write(`${JSON.stringify(all)}\n`);
