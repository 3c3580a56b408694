interface Charge {
  readonly atMs: number;
  cost: number;
}

/** Charges are kept so finely; a window of a minute is told in steps of 0.12 s. */
const GRAINS = 512;
/** Where no window is known; past it the two that come back first count as one. */
const MAX_CHARGES = 1024;

/** What one limit counts of us, as far as we know: what is under way, and what comes back when. */
export class Ledger {
  /** Sent and not answered: it may be counted, and nobody knows when it comes back. */
  pending = 0;
  #sum = 0;
  readonly #charges: Charge[] = [];

  /** What comes back only after `nowMs`, with what is under way. */
  usedAt(nowMs: number): number {
    while ((this.#charges[0]?.atMs ?? Infinity) <= nowMs) this.#sum -= this.#charges.shift()?.cost ?? 0;
    return this.#sum + this.pending;
  }

  /** Counts `cost` until `atMs`, rounded up to the grain of the window. */
  add(cost: number, atMs: number, windowMs = 0): void {
    const grainMs = Math.max(1, Math.floor(windowMs / GRAINS));
    const untilMs = Math.ceil(atMs / grainMs) * grainMs;
    const charges = this.#charges;
    let i = charges.length;
    while (i > 0 && (charges[i - 1]?.atMs ?? 0) > untilMs) i--;
    const twin = charges[i - 1];
    if (twin?.atMs === untilMs) twin.cost += cost;
    else charges.splice(i, 0, { atMs: untilMs, cost });
    this.#sum += cost;
    const second = charges[1];
    if (charges.length > MAX_CHARGES && second) second.cost += charges.shift()?.cost ?? 0;
  }

  /** Forgets the oldest `cost`: the server counts it no more. */
  forget(cost: number): void {
    let left = cost;
    for (let first = this.#charges[0]; first && left > 0; first = this.#charges[0]) {
      const part = Math.min(left, first.cost);
      first.cost -= part;
      this.#sum -= part;
      left -= part;
      if (first.cost === 0) this.#charges.shift();
    }
  }

  /** When `cost` more fit under `capacity`; Infinity while only an answer can tell. */
  earliest(cost: number, capacity: number, nowMs: number): number {
    let over = this.usedAt(nowMs) + cost - capacity;
    if (over <= 0) return nowMs;
    for (const charge of this.#charges) {
      over -= charge.cost;
      if (over <= 0) return charge.atMs;
    }
    return Infinity;
  }
}
