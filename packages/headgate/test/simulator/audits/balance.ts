import type { Program } from '../../../src/core/index.ts';
import { Book } from '../../engine/book.ts';
import { outcomeOf, type Entry } from '../entry.ts';
import { ACCOUNT_LIMITS } from '../accounts/programs.ts';
import type { Auditor } from './auditor.ts';

/**
 * Keeps a book for every caller: granted = settled + released + pending at every step, no more permits live than there are, and what is told to be
 * left is what the book says.
 */
export class Balance implements Auditor {
  readonly #account: Program;
  #books: Map<string, Book> = new Map();

  constructor(account: Program) {
    this.#account = account;
  }

  done(entry: Entry): void {
    const { step, nowMs } = entry;
    const out = outcomeOf(entry);
    if (step.program !== this.#account || out === undefined) return;
    const [caller = ''] = step.keys;
    let book = this.#books.get(caller);
    if (book === undefined) this.#books.set(caller, (book = new Book(ACCOUNT_LIMITS)));
    book.expire(nowMs);
    if (!out.replayed) book.note({ op: step.op, id: step.reservationId ?? '', costs: step.costs }, out, nowMs);
    same(book.granted(), book.accounted(), `${caller}: granted, and settled + released + pending`);
    const used = book.used();
    ACCOUNT_LIMITS.forEach(({ kind, amount }, i) => {
      if (kind === 'concurrency' && used[i]! > amount)
        throw new Error(`${caller}: ${used[i]} permits live of ${amount}`);
      same(out.figures[2 * i], Math.max(0, amount - used[i]!), `${caller}: what is left of the ${kind}`);
    });
  }

  reset(): void {
    this.#books = new Map();
  }
}

/** @throws Error when it is not so */
function same(got: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}
