// Headgate's store, asked as a gate asks it: the program, the key and the step go in, the outcome comes out.
import { takenFrom } from './taken.mjs';

const { sqliteStore } = await takenFrom('stores/sqlite/index.js');
const { checkOf, nextProgramId, segmentOf } = await takenFrom('core/index.js');

const DAY_MS = 86_400_000;
const MANY = 1e12;
const DEADLINE_MS = 5000;

/** A quota a day, and two rates that last: three limits of one record. */
function three() {
  const begins = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const day = (at) => segmentOf({ kind: 'quota', amount: MANY, fromAtMs: at, untilAtMs: at + DAY_MS, periodAtMs: at });
  const rate = (limitId, windowMs) =>
    checkOf({ limitId, kind: 'fixed', windowMs, segments: [segmentOf({ kind: 'fixed', amount: MANY, windowMs })] });
  const checks = [
    checkOf({ limitId: 1, kind: 'quota', segments: [day(begins), day(begins + DAY_MS)] }),
    rate(2, 3_600_000),
    rate(3, 10_000),
  ];
  const fields = checks.map(({ limitId, kind, windowMs, slices }) => ({
    limitId,
    kind,
    windowMs,
    slices,
    slots: [0],
    durable: true,
  }));
  return {
    id: nextProgramId(),
    records: [{ id: 1, fields }],
    checks,
    validUntilMs: begins + 2 * DAY_MS,
    calendar: true,
  };
}

export function ours(file, durability) {
  const store = sqliteStore({ file, durability });
  const program = three();
  return {
    ask: async (key) =>
      (await store.apply({ op: 'decide', program, keys: [key], costs: [1, 1, 1] }, DEADLINE_MS)).allowed,
    close: () => store.close(),
  };
}
