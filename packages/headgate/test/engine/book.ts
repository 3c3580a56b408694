import type { Op, Outcome } from '../../src/core/index.ts';

/** A limit as far as the book needs to know it. */
interface Held {
  readonly kind: 'concurrency' | 'quota' | 'level';
  readonly holdMs: number;
  readonly lost?: 'keep' | 'return';
}

interface Pending {
  readonly id: string;
  readonly limit: number;
  readonly units: number;
  readonly untilMs: number;
}

/**
 * Double entry, kept by hand beside the stores: what was granted, and what became of it. It believes the stores in one thing only, how much they
 * say came back, so that what they say and what they do must agree.
 */
export class Book {
  readonly #limits: readonly Held[];
  #pending: readonly Pending[] = [];
  readonly #granted: number[];
  readonly #settled: number[];
  readonly #released: number[];

  constructor(limits: readonly Held[]) {
    this.#limits = limits;
    this.#granted = limits.map(() => 0);
    this.#settled = limits.map(() => 0);
    this.#released = limits.map(() => 0);
  }

  /** What is over by now is lost, or comes back; says how many ended. */
  expire(nowMs: number): number {
    const over = this.#pending.filter(({ untilMs }) => untilMs <= nowMs);
    this.#pending = this.#pending.filter(({ untilMs }) => untilMs > nowMs);
    for (const { limit, units } of over) {
      const { kind, lost } = this.#limits[limit]!;
      const returns = kind === 'concurrency' || lost === 'return';
      (returns ? this.#released : this.#settled)[limit]! += units;
    }
    return over.length;
  }

  note(
    { op, id, costs }: { readonly op: Op; readonly id: string; readonly costs: readonly number[] },
    out: Outcome,
    nowMs: number,
  ): void {
    if (op === 'decide' && out.allowed) this.#grant(id, costs, nowMs);
    if (op === 'renew') this.#renew(id, nowMs);
    if (op === 'settle' || op === 'cancel') this.#resolve(id, out);
    // What live reservations hold is kept; the rest is forgotten.
    if (op === 'reset') this.#forget();
  }

  pending(): readonly Pending[] {
    return this.#pending;
  }

  used(): number[] {
    return this.#limits.map((_, limit) => this.#settled[limit]! + this.#pendingOf(limit));
  }

  granted(): number[] {
    return [...this.#granted];
  }

  accounted(): number[] {
    return this.used().map((units, limit) => units + this.#released[limit]!);
  }

  #grant(id: string, costs: readonly number[], nowMs: number): void {
    const fresh = this.#limits.map(({ holdMs }, limit) => ({
      id,
      limit,
      units: costs[limit]!,
      untilMs: nowMs + holdMs,
    }));
    this.#pending = [...this.#pending, ...fresh];
    for (const { limit, units } of fresh) this.#granted[limit]! += units;
  }

  #renew(id: string, nowMs: number): void {
    this.#pending = this.#pending.map((one) =>
      one.id === id ? { ...one, untilMs: nowMs + this.#limits[one.limit]!.holdMs } : one,
    );
  }

  /** More than was reserved is granted in addition, and settled at once. */
  #resolve(id: string, { returns, status }: Outcome): void {
    const mine = this.#pending.filter((one) => one.id === id);
    this.#pending = this.#pending.filter((one) => one.id !== id);
    if (mine.length > 0 !== (status === 'ok')) throw new Error(`${id}: ${mine.length} pending, and told ${status}`);
    for (const { limit, units } of mine) {
      const returned = returns[limit]!;
      this.#released[limit]! += Math.max(0, returned);
      this.#granted[limit]! += Math.max(0, -returned);
      this.#settled[limit]! += units - returned;
    }
  }

  #forget(): void {
    this.#settled.forEach((units, limit) => {
      this.#granted[limit]! -= units;
      this.#settled[limit] = 0;
    });
  }

  #pendingOf(limit: number): number {
    return this.#pending.filter((one) => one.limit === limit).reduce((sum, { units }) => sum + units, 0);
  }
}
