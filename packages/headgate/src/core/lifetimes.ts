import type { Lease } from './ledger.ts';

/** Lengths of lifetime that have a queue of their own; those beyond share the last one, and find their place in it by walking. */
const MAX_QUEUES = 16;

/** Leases of one length that are looked at, at most, for one that holds units of a certain counter. */
const MAX_LOOKED_AT = 64;

/** Leases of one length: whichever begins last ends last, so that each joins at the end. */
interface Queue {
  holdMs: number;
  first: Lease | undefined;
  last: Lease | undefined;
}

/**
 * Leases by when they end, so that what ends is found without a look at what does not. Adding and removing one takes
 * the same small time however many there are.
 */
export class Lifetimes {
  #queues: readonly Queue[] = NO_QUEUES;

  /** The lease that ends first; of two that end at once, the one that began first. */
  get first(): Lease | undefined {
    const queues = this.#queues;
    let found: Lease | undefined;
    for (let i = 0; i < queues.length; i++) {
      const { first } = queues[i]!;
      if (first !== undefined && (found === undefined || endsBefore(first, found))) found = first;
    }
    return found;
  }

  /** When the first of those ends that hold units of this counter; undefined when none is found. */
  endsAtMs(limitId: number, slot: number): number | undefined {
    let atMs = Infinity;
    for (const { first } of this.#queues) atMs = Math.min(atMs, firstToHold(first, limitId, slot)?.untilMs ?? Infinity);
    return atMs === Infinity ? undefined : atMs;
  }

  add(lease: Lease): void {
    const queue = this.#queueOf(lease.holdMs);
    let before = queue.last;
    // Only a clock that went back, or a queue that is shared, makes anybody walk.
    while (before !== undefined && before.untilMs > lease.untilMs) before = before.before;
    const after = before === undefined ? queue.first : before.after;
    lease.queue = queue;
    link(queue, before, lease);
    link(queue, lease, after);
  }

  remove(lease: Lease): void {
    link(lease.queue!, lease.before, lease.after);
    lease.before = lease.after = lease.queue = undefined;
  }

  #queueOf(holdMs: number): Queue {
    const queues = this.#queues;
    for (let i = 0; i < queues.length; i++) if (queues[i]!.holdMs === holdMs) return queues[i]!;
    const free = queues.find(({ first }) => first === undefined);
    if (free === undefined && queues.length === MAX_QUEUES) return queues[MAX_QUEUES - 1]!;
    const queue = free ?? { holdMs, first: undefined, last: undefined };
    queue.holdMs = holdMs;
    // Made to measure: an array that grows keeps room for sixteen more, and mostly there is one.
    if (free === undefined) this.#queues = [...queues, queue];
    return queue;
  }
}

function firstToHold(first: Lease | undefined, limitId: number, slot: number): Lease | undefined {
  let one = first;
  for (let looked = 0; one !== undefined && looked < MAX_LOOKED_AT; looked++, one = one.after)
    if (one.holds(limitId, slot)) return one;
  return undefined;
}

/** Of two that end at once, the one that began first. */
export function endsBefore(a: Lease, b: Lease): boolean {
  return a.untilMs < b.untilMs || (a.untilMs === b.untilMs && a.holdMs > b.holdMs);
}

/** Makes two neighbours; where one of them is none, the other is an end of the queue. */
function link(queue: Queue, before: Lease | undefined, after: Lease | undefined): void {
  if (before === undefined) queue.first = after;
  else before.after = after;
  if (after === undefined) queue.last = before;
  else after.before = before;
}

const NO_QUEUES: readonly Queue[] = [];

export type { Queue };
