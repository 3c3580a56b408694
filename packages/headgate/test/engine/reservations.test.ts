import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ENTRIES, type Op, type Outcome, type Program, type SyncStore } from '../../src/core/index.ts';
import { Lifetimes } from '../../src/core/lifetimes.ts';
import { Lease } from '../../src/core/ledger.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import {
  manualClock,
  oracle,
  plainStore,
  programOf,
  seeded,
  type ManualClock,
  type Random,
} from '../../src/testing/index.ts';
import { asking } from './asking.ts';
import { Book } from './book.ts';

const PLENTY = 1e9;
const PERMITS = 3;

/** A permit, money and bytes, each with a lifetime of its own, so that parts of one reservation end apart. */
const LIMITS = [
  { kind: 'concurrency', amount: PERMITS, holdMs: 400 },
  { kind: 'quota', amount: PLENTY, holdMs: 900 },
  { kind: 'level', amount: PLENTY, holdMs: 250, lost: 'return' },
] as const;

const seeds = fc.integer({ min: 1, max: 2 ** 31 });

/** A client that dies, is late, says things twice and in any order: what it asks next, and of which reservation. */
interface Call {
  readonly op: Op;
  readonly id: string;
  readonly costs: readonly number[];
}

class Client {
  readonly #random: Random;
  readonly #ids: string[] = [];
  /** Verbs that are on their way: delivered in any order, some never, some twice. */
  readonly #underway: Call[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Call {
    const random = this.#random;
    const isCrowded = this.#underway.length > 8;
    if (this.#underway.length > 0 && (isCrowded || random.chance(0.3))) return this.#delivered();
    if (random.chance(0.45)) return this.#decision();
    const id = this.#ids.length > 0 && random.chance(0.97) ? random.pick(this.#ids) : 'never made';
    const op = random.pick(['settle', 'settle', 'cancel', 'renew', 'peek', 'reset'] as const);
    if (op === 'reset' && random.chance(0.7)) return this.next();
    const call = { op, id, costs: this.#costs() };
    if (random.chance(0.6)) return call;
    this.#underway.push(call);
    return this.next();
  }

  #decision(): Call {
    const id = String(this.#ids.length);
    this.#ids.push(id);
    if (this.#ids.length > 40) this.#ids.shift();
    return { op: 'decide', id: `${id} ${this.#random.bits()}`, costs: this.#costs() };
  }

  #delivered(): Call {
    const at = this.#random.int(0, this.#underway.length - 1);
    const call = this.#underway[at]!;
    // One in four comes again.
    if (this.#random.chance(0.75)) this.#underway.splice(at, 1);
    return call;
  }

  /** What the id of a decision really was, since it is made of more than its number. */
  know(id: string): void {
    this.#ids[this.#ids.length - 1] = id;
  }

  #costs(): number[] {
    return [1, this.#random.int(1, 50), this.#random.int(1, 9)];
  }
}

interface World {
  readonly random: Random;
  readonly clock: ManualClock;
  readonly program: Program;
  readonly stores: readonly SyncStore[];
  readonly book: Book;
}

function worldOf(seed: number): World {
  const random = seeded(seed);
  const clock = manualClock();
  const memory = memoryStore({ clock, random: () => random.bits() });
  const stores = [memory, plainStore({ clock }), oracle({ clock })];
  return { random, clock, program: programOf(...LIMITS), stores, book: new Book(LIMITS) };
}

function applied({ stores, program }: World, { op, id, costs }: Call): readonly Outcome[] {
  return stores.map((store) => store.apply({ op, program, keys: ['k'], costs, reservationId: id }));
}

function said({ status, allowed, figures, returned, returns }: Outcome): unknown {
  return {
    status,
    allowed,
    left: figures.filter((_, i) => i % 2 === 0),
    returned: returned + 0,
    returns: [...returns],
  };
}

/** One call on every store; says what they all answered, which must be the same. */
function ask(world: World, call: Call): Outcome {
  const [memory, ...others] = applied(world, call);
  for (const other of others) expect(said(other)).toEqual(said(memory!));
  return memory!;
}

function requireTrue(world: World, step: number): void {
  const { figures } = ask(world, { op: 'peek', id: 'x', costs: [0, 0, 0] });
  const used = LIMITS.map(({ amount }, i) => amount - figures[2 * i]!);
  const { book } = world;
  expect(used, `step ${step}: what is used is what was settled and is pending`).toEqual(book.used());
  expect(book.granted(), `step ${step}: granted = settled + released + pending`).toEqual(book.accounted());
  expect(used[0], `step ${step}: live permits`).toBeLessThanOrEqual(PERMITS);
}

describe('reservations, whatever clients, networks and crashes make of them', () => {
  it('granted = settled + released + pending at every step, and no more permits live than there are', () => {
    const seen = { ok: 0, unknown: 0, denied: 0, ended: 0 };
    fc.assert(
      fc.property(seeds, (seed) => {
        const world = worldOf(seed);
        const { random, clock, book } = world;
        const client = new Client(random);
        for (let step = 0; step < 120; step++) {
          if (random.chance(0.5)) clock.advance(random.pick([1, 7, 60, 249, 250, 251, 400, 900]));
          seen.ended += book.expire(clock.monotonicMs());
          const call = client.next();
          const out = ask(world, call);
          if (call.op === 'decide') client.know(call.id);
          book.note(call, out, clock.monotonicMs());
          if (call.op === 'decide' && !out.allowed) seen.denied++;
          else seen[out.status === 'unknown' ? 'unknown' : 'ok']++;
          requireTrue(world, step);
        }
        clock.advance(900);
        book.expire(clock.monotonicMs());
        requireTrue(world, -1);
        expect(book.used()[0], 'full capacity is back within one lifetime').toBe(0);
        expect(book.pending(), 'nothing is held beyond its lifetime').toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(Object.entries(seen).filter(([, count]) => count < 200)).toEqual([]);
  });

  it('resolve once: of any number of settlements, cancellations and ends at once, one changes something', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Op>('settle', 'cancel'), { minLength: 2, maxLength: 9 }),
        fc.boolean(),
        (verbs, late) => {
          const at = asking();
          const program = programOf({ kind: 'level', amount: 100, holdMs: 50 });
          at.decide(program, 40, { reservationId: 'r' });
          if (late) at.clock.advance(50);
          const answers = verbs.map((op) => at.ask(op, program, 30, { reservationId: 'r' }));
          expect(answers.map(({ status }) => status)).toEqual(
            verbs.map((_, i) => (i === 0 && !late ? 'ok' : 'unknown')),
          );
          expect(answers.slice(1).every(({ returned }) => returned === 0)).toBe(true);
          expect(at.peek(program, 0).figures[0]).toBe(late ? 60 : verbs[0] === 'settle' ? 70 : 100);
        },
      ),
    );
  });
});

describe('very many reservations of one record', () => {
  it('10,000 permits that end at the same instant are all back in the next step, and none before', () => {
    const at = asking();
    const program = programOf({ kind: 'concurrency', amount: 10_000, holdMs: 1000 });
    for (let i = 0; i < 10_000; i++) expect(at.decide(program, 1, { reservationId: `${i}` }).allowed).toBe(true);
    at.clock.advance(999);
    expect(at.decide(program, 1, { reservationId: 'x' })).toMatchObject({
      allowed: false,
      no: 'freed',
      retryAfterMs: 1,
    });
    at.clock.advance(1);
    expect(at.decide(program, 1, { reservationId: 'x' }).figures[0]).toBe(9999);
  });

  // Each of these steps ends one lease. A walk over all of them a step would be 10^10 looks, and take minutes.
  it('that end one by one cost each step what one does', () => {
    const at = asking();
    const program = programOf({ kind: 'concurrency', amount: MAX_ENTRIES, holdMs: MAX_ENTRIES });
    for (let i = 0; i < MAX_ENTRIES; i++) {
      at.decide(program, 1, { reservationId: `${i}` });
      at.clock.advance(1);
    }
    let left = 0;
    for (let i = 0; i < MAX_ENTRIES; i++) {
      left += at.peek(program, 0).figures[0]!;
      at.clock.advance(1);
    }
    expect(left).toBe((MAX_ENTRIES * (MAX_ENTRIES + 1)) / 2);
  });

  it('that are settled again and again, and never end, leave nothing behind', () => {
    const at = asking();
    const program = programOf({ kind: 'concurrency', amount: 2, holdMs: 1e9 });
    for (let i = 0; i < 2 * MAX_ENTRIES; i++) {
      at.decide(program, 1, { reservationId: `${i}` });
      expect(at.ask('settle', program, 0, { reservationId: `${i}` }).status).toBe('ok');
    }
    expect(at.peek(program, 0).figures[0]).toBe(2);
  });
});

describe('lifetimes', () => {
  const leaseOf = (holdMs: number, sinceMs: number): Lease =>
    new Lease(`${holdMs} ${sinceMs}`, holdMs, sinceMs + holdMs, undefined, undefined);

  /** The obvious way: a list, searched. */
  const firstOf = (leases: readonly Lease[]): Lease | undefined =>
    leases.toSorted((a, b) => a.untilMs - b.untilMs || b.holdMs - a.holdMs)[0];

  it('end in their order, however many lengths there are, whatever is taken out, and whichever way the clock goes', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = seeded(seed);
        const lengths = Array.from({ length: random.pick([1, 3, 40]) }, (_, i) => 10 + 7 * i);
        const lifetimes = new Lifetimes();
        const all: Lease[] = [];
        let now = 1000;
        for (let step = 0; step < 200; step++) {
          now += random.chance(0.05) ? -random.int(0, 500) : random.int(0, 9);
          if (all.length === 0 || random.chance(0.55)) {
            const lease = leaseOf(random.pick(lengths), now);
            all.push(lease);
            lifetimes.add(lease);
          } else {
            const [gone] = all.splice(
              random.chance(0.5) ? all.indexOf(firstOf(all)!) : random.int(0, all.length - 1),
              1,
            );
            lifetimes.remove(gone!);
          }
          expect(lifetimes.first?.untilMs).toBe(firstOf(all)?.untilMs);
        }
      }),
      { numRuns: 60 },
    );
  });
});
