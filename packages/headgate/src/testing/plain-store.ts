import {
  checkOf,
  counterOf,
  HeadgateError,
  Outcome,
  requireTime,
  run,
  useOf,
  widthOf,
  type Bank,
  type Clock,
  type Counter,
  type Field,
  type Holdings,
  type Instant,
  Ledger,
  Lease,
  type Program,
  type Remembered,
  type Step,
  type SyncStore,
} from '../core/index.ts';

/** A store that is as plain as can be. */
export interface PlainStore extends SyncStore {
  /** Every record as its JSON text, by partition and key. */
  dump(): ReadonlyMap<string, string>;
}

/**
 * A store that keeps each record as JSON text, and sends each step through JSON too: whatever it decides
 * was decided by data alone. It never forgets a record, and is meant for tests only.
 */
export function plainStore({ clock }: { readonly clock: Clock }): PlainStore {
  const texts = new Map<string, string>();
  return {
    traits: { name: 'plain', clock: 'process', durable: false },
    apply: (given) => apply(asData(given), texts, clock),
    dump: () => new Map(texts),
  };
}

/** What JSON leaves of a step. A big integer has no JSON: as text it is as little a cost as it was before. */
function asData(step: Step): Step {
  const text = JSON.stringify(step, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  return JSON.parse(text) as Step; // The step's own text, read again.
}

function apply(step: Step, texts: Map<string, string>, clock: Clock): Outcome {
  const { program, keys } = step;
  requireKeys(program, keys);
  const names = program.records.map(({ id }, record) => JSON.stringify([id, keys[record]]));
  const bank = new PlainBank(
    program,
    names.map((name) => texts.get(name)),
  );
  const now = clock.monotonicMs();
  const wall = program.calendar ? clock.wallMs() : now;
  requireTime('monotonicMs', now);
  const instant: Instant = { now, wall, skewMs: now - wall };
  const out = new Outcome(now, program.checks.length);
  run(step, bank, instant, out);
  names.forEach((name, record) => texts.set(name, bank.textOf(record)));
  return out;
}

function requireKeys({ records }: Program, keys: readonly unknown[]): void {
  const wrong = records.findIndex((_, record) => typeof keys[record] !== 'string');
  if (wrong >= 0) throw new HeadgateError('ERR_KEY', `keys[${wrong}]: expected text, got ${typeof keys[wrong]}`);
}

/** One counter of a record, as it is written down; of a bucket, also what the ledger says was charged. */
interface Written {
  readonly field: Field;
  readonly cells: readonly number[];
  readonly charged: number | undefined;
}

/** What is reserved under an id for one length of time; entries lead to one another. */
type WrittenLease = Pick<Lease, 'id' | 'holdMs' | 'untilMs' | 'first'>;

/** A record's text: counters by `limitId:slot`, what its ledger remembers in order. JSON has no infinity: null. */
interface WrittenRecord {
  readonly counters: Readonly<Record<string, Written>>;
  readonly leases: readonly WrittenLease[] | undefined;
  readonly requests: readonly (readonly [string, Remembered])[] | undefined;
  readonly nextMs: number | null;
}

interface OpenRecord {
  readonly counters: Map<string, { readonly field: Field; readonly cells: Float64Array }>;
  ledger: Ledger | undefined;
}

class PlainBank implements Bank {
  readonly counters: readonly Counter[];
  // Never said, so that the long way is taken and compared.
  readonly plain = false;
  readonly usual = false;
  holdings: Holdings | undefined;
  inForceFromMs = 0;
  inForceUntilMs = 0;
  readonly ledgers: (Ledger | undefined)[];
  readonly #records: readonly OpenRecord[];

  constructor(program: Program, texts: readonly (string | undefined)[]) {
    this.#records = texts.map(read);
    this.ledgers = this.#records.map(({ ledger }) => ledger);
    this.counters = program.checks.map((check) => {
      const { record, limitId, slot, kind, windowMs, slices, scaledBy } = check;
      const field = { limitId, kind, windowMs, slices, slots: [slot], scaledBy };
      if (scaledBy !== 0) this.#cellsOf(record, { ...field, limitId: scaledBy, kind: 'gap', scaledBy: 0 }, slot);
      const cells = record < 0 ? new Float64Array(0) : this.#cellsOf(record, field, slot);
      return counterOf(check, { cells, base: 0, heldMs: 0 }, 0);
    });
  }

  attach(record: number, ledger: Ledger): Ledger {
    return (this.ledgers[record] = ledger);
  }

  find(record: number, limitId: number, slot: number): Counter | undefined {
    const known = this.#records[record]!.counters.get(`${limitId}:${slot}`);
    if (known === undefined) return undefined;
    return counterOf(
      checkOf({ ...known.field, record, slot, segments: [] }),
      { cells: known.cells, base: 0, heldMs: 0 },
      0,
    );
  }

  clear(record: number): void {
    for (const { field, cells } of this.#records[record]!.counters.values()) cells.fill(0, 0, useOf(field));
  }

  textOf(record: number): string {
    const ledger = this.ledgers[record];
    const counters = [...this.#records[record]!.counters].map(
      ([name, { field, cells }]) => [name, { field, cells: [...cells], charged: ledger?.charged.get(name) }] as const,
    );
    const written: WrittenRecord = {
      counters: Object.fromEntries(counters),
      leases: ledger && [...ledger.live()].flatMap(leasesFrom),
      requests: ledger && [...ledger.requests],
      nextMs: finite(ledger?.nextMs),
    };
    return JSON.stringify(written);
  }

  #cellsOf(record: number, field: Field, slot: number): Float64Array {
    const { counters } = this.#records[record]!;
    const name = `${field.limitId}:${slot}`;
    let known = counters.get(name);
    if (known === undefined) counters.set(name, (known = { field, cells: new Float64Array(widthOf(field)) }));
    return known.cells;
  }
}

function read(text: string | undefined): OpenRecord {
  if (text === undefined) return { counters: new Map(), ledger: undefined };
  const { counters, leases, requests, nextMs } = JSON.parse(text) as WrittenRecord; // What textOf wrote.
  const charged = Object.entries(counters).flatMap(([name, one]) =>
    one.charged === undefined ? [] : [[name, one.charged] as const],
  );
  return {
    counters: new Map(
      Object.entries(counters).map(([name, { field, cells }]) => [name, { field, cells: Float64Array.from(cells) }]),
    ),
    ledger: leases && ledgerOf(leases, new Map(requests), new Map(charged), nextMs ?? Infinity),
  };
}

/** The leases of one id, the last one first: so they are reserved again. */
function leasesFrom(leading: Lease): WrittenLease[] {
  const { id, holdMs, untilMs, first, other } = leading;
  return [...(other === undefined ? [] : leasesFrom(other)), { id, holdMs, untilMs, first }];
}

function ledgerOf(
  leases: readonly WrittenLease[],
  requests: ReadonlyMap<string, Remembered>,
  charged: ReadonlyMap<string, number>,
  nextMs: number,
): Ledger {
  const ledger = new Ledger();
  for (const { id, holdMs, untilMs, first } of leases)
    ledger.reserve(new Lease(id, holdMs, untilMs, ledger.find(id), first));
  for (const [name, request] of requests) ledger.remember(name, request);
  for (const [name, units] of charged) ledger.tally(name, units);
  ledger.nextMs = nextMs;
  return ledger;
}

function finite(ms: number = Infinity): number | null {
  return ms === Infinity ? null : ms;
}
