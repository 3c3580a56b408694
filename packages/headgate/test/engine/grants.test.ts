import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOREVER, segmentOf, type Op, type Outcome, type Step } from '../../src/core/index.ts';
import { manualClock, plainStore, programOf, seeded, type Random } from '../../src/testing/index.ts';
import { asking } from './asking.ts';

const OWN = 20;
/** As many as a counter has places for, so that none is forgotten on the way. */
const MOST = 16;
const PROGRAM = programOf({
  kind: 'quota',
  slices: MOST,
  holdMs: 300,
  segments: [segmentOf({ kind: 'quota', amount: OWN, untilAtMs: FOREVER })],
});

interface Grant {
  readonly units: number;
  readonly left: number;
  readonly endsAtMs: number;
}

const sum = (units: readonly number[]): number => units.reduce((all, one) => all + one, 0);

/** What stands in the record at an instant: units of the quota’s own, and every grant. */
class Written {
  readonly own: number;
  readonly grants: readonly Grant[];
  readonly #wallMs: number;

  constructor(dump: ReadonlyMap<string, string>, wallMs: number) {
    const [text = ''] = dump.values();
    const { counters } = JSON.parse(text) as { counters: Record<string, { cells: number[] }> };
    const { cells } = Object.values(counters)[0]!;
    const places = Array.from({ length: MOST }, (_, i) => cells.slice(4 + 5 * i, 9 + 5 * i));
    this.own = cells[0]!;
    this.grants = places
      .filter(([id]) => id !== 0)
      .map(([, units, left, endsAtMs]) => ({ units: units!, left: left!, endsAtMs: endsAtMs! }));
    this.#wallMs = wallMs;
  }

  get spent(): number {
    return sum(this.grants.map(({ units, left }) => units - left));
  }

  get left(): number {
    return sum(this.grants.filter(({ endsAtMs }) => endsAtMs > this.#wallMs).map(({ left }) => left));
  }

  get ended(): number {
    return sum(this.grants.filter(({ endsAtMs }) => endsAtMs <= this.#wallMs).map(({ left }) => left));
  }
}

interface Call {
  readonly op: Op;
  readonly cost: number;
  readonly more: Partial<Step>;
}

function next(random: Random, wallMs: number): Call {
  const op = random.pick(['decide', 'decide', 'decide', 'grant', 'settle', 'cancel', 'adjust', 'peek'] as const);
  const reservationId = String(random.int(0, 12));
  const endsAtMs = random.chance(0.3) ? undefined : wallMs + random.int(1, 900);
  const grant = { id: String(random.int(1, MOST)), endsAtMs };
  return { op, cost: random.int(op === 'grant' ? 1 : 0, 9), more: { reservationId, grant } };
}

/** What a step has charged, less what it gave back. */
function charged({ op, cost }: Call, { allowed, returned }: Outcome): number {
  if (op === 'decide') return allowed ? cost : 0;
  return op === 'adjust' ? cost : 0 - returned;
}

/** A fault is no answer: an id that is in use, or a grant that came with another end. */
function tried(ask: () => Outcome): Outcome | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** Follows one trace, and says how much of it was drawn from grants. */
function follow(random: Random): number {
  const clock = manualClock();
  const store = plainStore({ clock });
  const { ask } = asking(clock, store);
  let [granted, drawn] = [0, 0];
  for (let i = 0; i < 60; i++) {
    clock.advance(random.int(0, 60));
    const call = next(random, clock.wallMs());
    // What nobody settled in time comes back first.
    ask('peek', PROGRAM, 0);
    const before = new Written(store.dump(), clock.wallMs());
    const out = tried(() => ask(call.op, PROGRAM, call.cost, call.more));
    const after = new Written(store.dump(), clock.wallMs());
    if (call.op === 'grant' && out?.replayed === false) granted += call.cost;
    expect(after.spent + after.ended + after.left).toBe(granted);
    expect(after.grants.every(({ units, left }) => left >= 0 && left <= units)).toBe(true);
    const own = Math.max(0, OWN - after.own);
    expect(out?.figures[0] ?? own + after.left).toBe(own + after.left);
    // What comes back to a grant that has ended is nobody’s.
    const change = after.own - before.own + after.spent - before.spent + after.ended - before.ended;
    expect(change).toBe(out === undefined ? 0 : charged(call, out));
    drawn += Math.max(0, after.spent - before.spent);
  }
  return drawn;
}

describe('grants', () => {
  it('granted is spent, ended and left, at every step, and a fault changes nothing', () => {
    let drawn = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => void (drawn += follow(seeded(seed)))),
      { numRuns: 150 },
    );
    expect(drawn).toBeGreaterThan(1000);
  });

  it('go along when a plan is changed for one over another period, and are still known', () => {
    const { ask, decide, peek, clock } = asking();
    const over = (limitId: number, amount: number, periodAtMs: number, carries: readonly number[] = []) =>
      programOf({
        kind: 'quota',
        slices: 3,
        limitId,
        carries,
        segments: [segmentOf({ kind: 'quota', amount, periodAtMs })],
      });
    const [day, month] = [over(1, 5, clock.wallMs()), over(2, 40, clock.wallMs() - 1, [1])];
    const grant = { id: 'bought' };
    ask('grant', day, 10, { grant });
    decide(day, 7);
    // 40 and the 8 that are left, less the 5 of the day’s own that were used, as if they had been spent now.
    expect(decide(month, 41).figures[0]).toBe(2);
    expect(peek(day, 0).extras).toEqual([]);
    expect(ask('grant', month, 10, { grant }).replayed).toBe(true);
  });
});
