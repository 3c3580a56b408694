import type { Check, Program, Step, SyncStore } from '../../../src/core/index.ts';
import type { FoundRow } from '../../../src/stores/sqlite/rows.ts';
import { DiskRows } from '../disk-rows.ts';
import type { Parts } from '../simulate.ts';
import type { Piece } from '../tables.ts';
import { asked, bent, programsBent, stepsBent, type Writing } from './bend.ts';
import { rounded } from './float.ts';

/** A store with one wrong that stores have had. */
export interface Broken {
  readonly name: string;
  readonly parts: () => Parts;
}

const checksBent = (bend: (check: Check) => Check): Parts =>
  programsBent((program) => ({ ...program, checks: program.checks.map(bend) }));

export const BROKEN: readonly Broken[] = [
  { name: 'charges the first record of a pair that the second refuses', parts: () => asked(halfCharging) },
  {
    name: 'forgets the lifetime of a permit',
    parts: () =>
      checksBent((check) => (check.kind === 'concurrency' ? { ...check, holdMs: check.holdMs * 1e6 } : check)),
  },
  {
    name: 'keeps a permit for a millisecond after its end',
    parts: () => checksBent((check) => (check.kind === 'concurrency' ? { ...check, holdMs: check.holdMs + 1 } : check)),
  },
  { name: 'honours a second release', parts: () => asked(releasingTwice) },
  { name: 'gives back a second time', parts: () => asked(refundingTwice) },
  {
    name: 'keeps its numbers in single precision',
    parts: () => bent({ rows: (disk, { tables }) => new FloatRows(disk, tables) }),
  },
  { name: 'answers, and commits with the tick that comes after', parts: () => bent({ disk: lazy }) },
  { name: 'commits one half of a batch', parts: () => bent({ disk: halving }) },
  {
    name: 'reads what it has read before',
    parts: () => bent({ rows: (disk, { tables }) => new StaleRows(disk, tables) }),
  },
  { name: 'counts every operation in one slot', parts: () => programsBent(oneSlot) },
  {
    name: 'ends its windows a millisecond early',
    parts: () => programsBent((program) => windowsBent(program, -1)),
  },
  { name: 'ends its windows a millisecond late', parts: () => programsBent((program) => windowsBent(program, 1)) },
  {
    name: 'forgets request ids with the process',
    parts: () => bent({ rows: (disk, { tables }) => new ForgetfulRows(disk, tables) }),
  },
  { name: 'forgets every third request id', parts: forgetful },
  {
    name: 'believes a clock that goes back',
    parts: () => bent({ clock: (clock) => ({ monotonicMs: () => clock.wallMs(), wallMs: () => clock.wallMs() }) }),
  },
  {
    name: 'lets keys meet that differ after a NUL',
    parts: () => stepsBent((step) => ({ ...step, keys: step.keys.map(cut) })),
  },
  { name: 'forgets half of what a window counts', parts: () => checksBent(doubled) },
  { name: 'says a wait that is a millisecond short', parts: () => asked(hasty) },
  {
    name: 'leaves what a record remembered to the next one of its number',
    parts: () => bent({ rows: (disk, { tables }) => new LeavingRows(disk, tables) }),
  },
];

/** What is refused is charged to the first record all the same. */
function halfCharging(store: SyncStore): SyncStore {
  const firsts = new WeakMap<Program, Program>();
  return {
    traits: store.traits,
    apply(step) {
      const out = store.apply(step);
      if (step.op !== 'decide' || out.allowed || step.program.records.length < 2) return out;
      let first = firsts.get(step.program);
      if (first === undefined) firsts.set(step.program, (first = firstOf(step.program)));
      store.apply({ ...step, program: first, requestId: undefined });
      return out;
    },
  };
}

/** The same counters, of which only those of the first record can refuse. */
function firstOf(program: Program): Program {
  return {
    ...program,
    checks: program.checks.map((check) => (check.record === 0 ? check : { ...check, shadow: true, trigger: -1 })),
  };
}

/** A level goes down again with every release. */
function releasingTwice(store: SyncStore): SyncStore {
  const released = new Set<string>();
  return {
    traits: store.traits,
    apply(step) {
      const out = store.apply(step);
      if (step.op !== 'cancel') return out;
      const name = JSON.stringify([step.keys, step.reservationId]);
      const costs = step.program.checks.map(({ kind }) => (kind === 'level' ? -1 : 0));
      if (out.status === 'unknown' && released.has(name) && costs.includes(-1))
        store.apply({ ...step, op: 'adjust', costs });
      if (out.status === 'ok') released.add(name);
      return out;
    },
  };
}

function refundingTwice(store: SyncStore): SyncStore {
  const refunded = new Set<string>();
  return {
    traits: store.traits,
    apply(step) {
      const out = store.apply(step);
      if (step.op !== 'refund') return out;
      const name = JSON.stringify([step.keys, step.requestId]);
      const costs = step.program.checks.map(({ kind }) => (kind === 'quota' ? -1 : 0));
      if (out.status === 'unknown' && refunded.has(name) && costs.includes(-1))
        store.apply({ ...step, op: 'adjust', costs });
      if (out.status === 'ok') refunded.add(name);
      return out;
    },
  };
}

function hasty(store: SyncStore): SyncStore {
  return {
    traits: store.traits,
    apply(step) {
      const out = store.apply(step);
      if (out.no === 'until') out.retryAfterMs--;
      return out;
    },
  };
}

function forgetful(): Parts {
  let asks = 0;
  return stepsBent((step): Step => (asks++ % 3 === 0 ? { ...step, requestId: undefined } : step));
}

/** Twice as much fits into a sliding window. */
function doubled(check: Check): Check {
  if (check.kind !== 'sliding') return check;
  const twice = ({ amount, burst, ...rest }: Check['segments'][number]): Check['segments'][number] => ({
    ...rest,
    amount: 2 * amount,
    burst: 2 * burst,
  });
  return { ...check, segments: check.segments.map(twice) };
}

function oneSlot(program: Program): Program {
  const records = program.records.map((shape) => ({
    ...shape,
    fields: shape.fields.map((field) => ({ ...field, slots: [0] })),
  }));
  return { ...program, records, checks: program.checks.map((check) => ({ ...check, slot: 0 })) };
}

function windowsBent(program: Program, byMs: number): Program {
  const bend = <T extends { readonly windowMs: number }>(one: T): T =>
    one.windowMs === 0 ? one : { ...one, windowMs: one.windowMs + byMs };
  const records = program.records.map((shape) => ({ ...shape, fields: shape.fields.map(bend) }));
  return { ...program, records, checks: program.checks.map(bend) };
}

function cut(key: string): string {
  return key.split('\0')[0]!;
}

/** What was written stands in memory, and comes to the disk with the next commit. */
function lazy(disk: Writing): Writing {
  let late: readonly Piece[] = [];
  return {
    read: () => disk.read(),
    write: () => disk.write(),
    commit(pieces) {
      const before = late;
      late = pieces;
      disk.commit(before);
    },
  };
}

function halving(disk: Writing): Writing {
  return {
    read: () => disk.read(),
    write: () => disk.write(),
    commit: (pieces) => disk.commit(pieces.slice(0, Math.ceil(pieces.length / 2))),
  };
}

class FloatRows extends DiskRows {
  override insert(shape: number, key: Buffer, until: number, value: Buffer): number {
    return super.insert(shape, key, until, rounded(value));
  }

  override update(id: number, until: number, value: Buffer): void {
    super.update(id, until, rounded(value));
  }
}

class StaleRows extends DiskRows {
  readonly #known: Map<string, FoundRow> = new Map();

  override find(shape: number, key: Buffer): FoundRow | undefined {
    const name = `${shape} ${key.toString('latin1')}`;
    const found = this.#known.get(name) ?? super.find(shape, key);
    if (found !== undefined) this.#known.set(name, found);
    return found;
  }
}

const REQUEST = 1;

class ForgetfulRows extends DiskRows {
  override putEntry(record: number, seq: number, kind: number, value: string): void {
    if (kind !== REQUEST) super.putEntry(record, seq, kind, value);
  }
}

class LeavingRows extends DiskRows {
  #isRemoving = false;

  override remove(id: number): void {
    this.#isRemoving = true;
    super.remove(id);
    this.#isRemoving = false;
  }

  override removeEntry(record: number, seq: number): void {
    if (!this.#isRemoving) super.removeEntry(record, seq);
  }
}
