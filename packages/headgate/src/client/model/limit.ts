import type { ToldLimit } from '../parse/told.ts';

/** What is known of a limit, from whatever source. */
export interface Terms {
  readonly name: string;
  /** Of a declared limit's counter: tells it from those of other partitions. */
  readonly key?: string;
  readonly source: 'declared' | 'disclosed' | 'learned';
  readonly capacity: number;
  readonly kind?: 'rate' | 'concurrency';
  readonly windowMs?: number | undefined;
  /** Learned: what is sent so long after the pause and goes well proves it. */
  readonly doubtMs?: number;
  /** Units may come back so much later, if it is counted in slices that nobody told of. */
  readonly sliceMs?: number;
  /** Units come back a window at a time, and not one by one as in a bucket. */
  readonly steps?: boolean;
  /**
   * When what was charged has come back. Default: by the reset that its answer told; without one, as of a sliding window that is
   * counted in sixteen slices, which holds for all windows.
   */
  readonly release?: Release | undefined;
}

/**
 * The latest instant at which a limit lets go of what arrived before it was answered; all by our clock. `resetAtMs`: what that
 * answer told.
 */
export type Release = (cost: number, receivedAtMs: number, resetAtMs: number | undefined) => number;

interface Charge {
  atMs: number;
  cost: number;
}

/** Instants are kept so finely: a minute ahead, to 0.02 s. */
const GRAINS = 3000;
/** A window is counted in slices, and a unit comes back up to one slice late; the default of a policy. */
export const SLICES = 16;
/** Where neither a window nor a reset is known, a unit is taken to come back after so long, and the next answer corrects it. */
const UNKNOWN_MS = 1000;
/** So soon after a reset a refusal says that it was told too early. */
const JUST_AFTER_MS = 2000;

/** One limit as the client sees it: what it holds, and what of it is used until when. Every figure errs on the late side. */
export class Limit {
  readonly terms: Terms;
  /** What is counted is under way: only a completion gives it back. */
  readonly held: boolean;
  capacity: number;
  windowMs: number | undefined;
  /** How the answers call it, once one of them told it. */
  told: string | undefined;
  resetAtMs: number | undefined;
  /** Sent and not answered: it may be counted, and nobody knows when it comes back. */
  pending = 0;
  readonly #charges: Charge[] = [];
  #reportSentAtMs = -Infinity;
  /** When the last answer came before the one that is read, and that one. */
  #landedAtMs: readonly [before: number, last: number] = [0, 0];
  /** All comes back so much later than was thought: what its answers told, or it was taken for, proved too early. */
  #lateMs = 0;
  /** Its window, once it has proven to be fixed. */
  fixedMs = 0;
  /** Until when that window surely lasts, and when it has surely ended; what came in between may be of the next. */
  #sureMs = 0;
  #endAtMs = 0;

  constructor(terms: Terms) {
    this.terms = terms;
    this.held = terms.kind === 'concurrency';
    this.capacity = terms.capacity;
    this.windowMs = terms.windowMs;
  }

  /** What comes back only after `nowMs`, with what is under way. */
  usedAt(nowMs: number): number {
    while (this.#lateMs + (this.#charges[0]?.atMs ?? Infinity) <= nowMs) this.#charges.shift();
    return this.#charges.reduce((sum, { cost }) => sum + cost, this.pending);
  }

  /** When `cost` more fit: now, later, or Infinity for after an answer. More than it can hold is tried when it is empty. */
  earliest(cost: number, nowMs: number): number {
    let over = this.usedAt(nowMs) + Math.min(cost, this.capacity) - this.capacity;
    if (over <= 0) return nowMs;
    return this.#lateMs + (this.#charges.find((charge) => (over -= charge.cost) <= 0)?.atMs ?? Infinity);
  }

  /** The earliest at which `total` will have fitted, window after window, if all answers come at once. */
  expected(total: number, nowMs: number): number {
    const fills = total / this.capacity;
    const windows = Math.max(0, (this.terms.steps ? Math.ceil(fills) : fills) - 1);
    const atMs = this.earliest(total - windows * this.capacity, nowMs);
    return (atMs === Infinity ? nowMs : atMs) + windows * (this.windowMs ?? 0);
  }

  /** Counts `cost` until `atMs`, or a little longer: the further away, the coarser. */
  add(cost: number, atMs: number, nowMs: number): void {
    const grainMs = Math.floor((atMs - nowMs) / GRAINS) || 1;
    const untilMs = Math.ceil(atMs / grainMs) * grainMs;
    const i = this.#charges.findLastIndex((one) => one.atMs <= untilMs);
    const twin = this.#charges[i];
    if (twin?.atMs === untilMs) twin.cost += cost;
    else this.#charges.splice(i + 1, 0, { atMs: untilMs, cost });
  }

  /** Counts what was answered until it must have come back. */
  charge(cost: number, sentAtMs: number, receivedAtMs: number, pausedUntilMs: number, resetAtMs?: number): void {
    this.#landedAtMs = [this.#landedAtMs[1], receivedAtMs];
    if (this.held) return;
    this.#fix(sentAtMs, pausedUntilMs);
    const spanMs = (this.windowMs ?? UNKNOWN_MS) * (this.terms.source === 'learned' ? 1 : 1 + 1 / SLICES);
    const backAtMs = this.terms.release?.(cost, receivedAtMs, resetAtMs) ?? resetAtMs ?? receivedAtMs + spanMs;
    if (this.fixedMs && sentAtMs >= this.#endAtMs) [this.#sureMs, this.#endAtMs] = [sentAtMs + spanMs, backAtMs];
    this.add(cost, receivedAtMs < this.#sureMs ? this.#endAtMs : backAtMs, receivedAtMs);
  }

  /**
   * Learned of a window that began with a request. For a slice's time of the window after next, units went out as if it was no slices, and
   * went well: it is fixed, and all that came since it began comes back at its end.
   */
  #fix(sentAtMs: number, pausedUntilMs: number): void {
    const { sliceMs = 0, windowMs = 0 } = this.terms;
    const sinceMs = sentAtMs - pausedUntilMs;
    if (this.fixedMs || this.#lateMs >= sliceMs || sinceMs < windowMs + sliceMs + UNKNOWN_MS) return;
    this.fixedMs = windowMs;
    this.#sureMs = sentAtMs - (sinceMs % windowMs) + windowMs;
    for (const charge of this.#charges)
      if (charge.atMs < this.#sureMs) charge.cost = 0;
      else charge.atMs = this.#endAtMs ||= charge.atMs;
  }

  /**
   * Brings the account in line with what an answer told. Whatever the server counts beyond what may be ours is somebody
   * else's. What it counts no more of ours has come back; but only an answer to what was sent when all others had been
   * answered proves that, and an answer to what was sent before one already read is old news.
   */
  reconcile({ limit, remaining, windowMs, resetAtMs }: ToldLimit, sentAtMs: number, receivedAtMs: number): void {
    this.capacity = limit || this.capacity;
    this.windowMs ??= windowMs;
    this.resetAtMs = resetAtMs ?? this.resetAtMs;
    if (remaining === undefined || this.held || sentAtMs < this.#reportSentAtMs) return;
    this.#reportSentAtMs = sentAtMs;
    const counted = this.capacity - Math.max(0, remaining);
    const used = this.usedAt(sentAtMs);
    const lapsesAtMs = this.resetAtMs ?? receivedAtMs + (this.windowMs ?? UNKNOWN_MS);
    if (counted > used) this.add(counted - used, Math.max(receivedAtMs, lapsesAtMs), receivedAtMs);
    else if (this.#landedAtMs[0] <= sentAtMs) {
      // The oldest of it has come back.
      let left = used - this.pending - counted;
      for (const charge of this.#charges) {
        left -= charge.cost;
        charge.cost = Math.min(charge.cost, Math.max(0, -left));
      }
    }
  }

  /** It refused where we saw room, just after the reset it had told: that is rounded down, or means something else. */
  distrust(sentAtMs: number): void {
    if (sentAtMs - (this.resetAtMs ?? sentAtMs) <= JUST_AFTER_MS) this.#lateMs += UNKNOWN_MS;
  }

  /** Whether a refusal that lasts so long is of this limit, counted in slices; from now on they are waited for. */
  lags(waitMs: number): boolean {
    const { sliceMs = 0 } = this.terms;
    const is = this.#lateMs < sliceMs && waitMs <= sliceMs + UNKNOWN_MS;
    if (is) [this.#lateMs, this.fixedMs, this.#sureMs] = [sliceMs, 0, 0];
    return is;
  }
}
