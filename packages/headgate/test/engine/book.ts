import type { Op, Outcome } from '../../src/core/index.ts';

/** A limit as far as the book needs to know it. */
interface Limit {
  readonly kind: 'concurrency' | 'quota' | 'level';
  readonly holdMs: number;
  readonly lost?: 'keep' | 'return';
}

/** What became of all the units that one limit ever granted, but for what is pending. */
class Account {
  readonly limit: Limit;
  readonly i: number;
  granted = 0;
  settled = 0;
  released = 0;

  constructor(limit: Limit, i: number) {
    this.limit = limit;
    this.i = i;
  }
}

interface Pending {
  readonly id: string;
  readonly account: Account;
  readonly units: number;
  readonly untilMs: number;
}

/** One call on a store, as the book enters it. */
interface Call {
  readonly op: Op;
  readonly id: string;
  readonly costs: readonly number[];
}

/**
 * Double entry, kept by hand beside the stores: what was granted, and what became of it. It believes the stores in one thing
 * only, how much they say came back, so that what they say and what they do must agree.
 */
export class Book {
  readonly #accounts: readonly Account[];
  #pending: readonly Pending[] = [];

  constructor(limits: readonly Limit[]) {
    this.#accounts = limits.map((limit, i) => new Account(limit, i));
  }

  /** What is over by now is lost, or comes back; says how many ended. */
  expire(nowMs: number): number {
    const over = this.#pending.filter(({ untilMs }) => untilMs <= nowMs);
    this.#pending = this.#pending.filter(({ untilMs }) => untilMs > nowMs);
    for (const { account, units } of over) {
      const { kind, lost } = account.limit;
      if (kind === 'concurrency' || lost === 'return') account.released += units;
      else account.settled += units;
    }
    return over.length;
  }

  note({ op, id, costs }: Call, out: Outcome, nowMs: number): void {
    if (op === 'decide' && out.allowed) this.#grant(id, costs, nowMs);
    if (op === 'renew') this.#renew(id, nowMs);
    if (op === 'settle' || op === 'cancel') this.#resolve(id, out);
    if (op === 'reset') this.#forget();
  }

  pending(): readonly Pending[] {
    return this.#pending;
  }

  /** Units that count, by limit. */
  used(): number[] {
    return this.#accounts.map((account) => account.settled + this.#pendingOf(account));
  }

  granted(): number[] {
    return this.#accounts.map(({ granted }) => granted);
  }

  /** What granted units must add up to. */
  accounted(): number[] {
    return this.#accounts.map((account) => account.settled + account.released + this.#pendingOf(account));
  }

  #grant(id: string, costs: readonly number[], nowMs: number): void {
    const fresh = this.#accounts.map((account) => {
      return { id, account, units: costs[account.i] ?? 0, untilMs: nowMs + account.limit.holdMs };
    });
    this.#pending = [...this.#pending, ...fresh];
    for (const { account, units } of fresh) account.granted += units;
  }

  #renew(id: string, nowMs: number): void {
    this.#pending = this.#pending.map((one) =>
      one.id === id ? { ...one, untilMs: nowMs + one.account.limit.holdMs } : one,
    );
  }

  /** More than was reserved is granted in addition, and settled at once. */
  #resolve(id: string, { returns, status }: Outcome): void {
    const mine = this.#pending.filter((one) => one.id === id);
    this.#pending = this.#pending.filter((one) => one.id !== id);
    if (mine.length > 0 !== (status === 'ok')) throw new Error(`${id}: ${mine.length} pending, and told ${status}`);
    for (const { account, units } of mine) {
      const returned = returns[account.i] ?? 0;
      account.released += Math.max(0, returned);
      account.granted += Math.max(0, -returned);
      account.settled += units - returned;
    }
  }

  /** What live reservations hold is kept; the rest never was. */
  #forget(): void {
    for (const account of this.#accounts) {
      account.granted -= account.settled;
      account.settled = 0;
    }
  }

  #pendingOf(account: Account): number {
    return this.#pending.filter((one) => one.account === account).reduce((sum, { units }) => sum + units, 0);
  }
}
