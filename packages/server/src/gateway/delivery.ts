import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.ts';
import type { Flushes, Held } from './flushes.ts';
import type { Head, Rewriting } from './rewriting.ts';

/** An answer on its way to the caller: in as few writes as it can, no faster than it is taken, changed where the policy says so. */
export class Delivery implements Held {
  readonly #exchange: Exchange;
  readonly #flushes: Flushes;
  #controller: Dispatcher.DispatchController | undefined;
  /** The head of an answer that has begun, and the first piece of its body, until they are sent: mostly all of it in one write. */
  #head: Head | undefined;
  #first: Buffer | undefined;
  #isFlushed = false;
  /** Whether the caller has to catch up. */
  #isSlow = false;
  #rewriting: Rewriting | undefined;

  constructor(exchange: Exchange, flushes: Flushes) {
    this.#exchange = exchange;
    this.#flushes = flushes;
  }

  begin(head: Head, rewriting: Rewriting | undefined, controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#rewriting = rewriting;
    if (rewriting !== undefined) return;
    // A body that came with the head leaves with it; a head is not kept back for one that did not.
    this.#head = head;
    this.#flushes.add(this);
  }

  pass(chunk: Buffer): void {
    if (this.#rewriting !== undefined) return this.#collect(this.#rewriting, chunk);
    if (!this.#isFlushed && this.#first === undefined) {
      this.#first = chunk;
      return;
    }
    this.flush();
    this.#write(chunk);
  }

  end(): void {
    const last = this.#rewriting === undefined ? this.#first : this.#rewritten(this.#rewriting);
    // Whatever still knows of this must not keep the body alive.
    this.forget();
    this.#sendHead();
    this.#exchange.end(last);
  }

  /** What is held back is not sent any more. */
  forget(): void {
    this.#isFlushed = true;
    this.#first = undefined;
  }

  /** Sends what is held back: the head of an answer, and the first piece of its body when it has come. */
  flush(): void {
    if (this.#isFlushed || this.#exchange.gone) return;
    const first = this.#first;
    this.forget();
    this.#sendHead();
    if (first === undefined) this.#exchange.flush();
    else this.#write(first);
  }

  #rewritten(rewriting: Rewriting): Buffer | undefined {
    if (this.#exchange.method !== 'HEAD') return rewriting.end(this.#exchange);
    rewriting.bodiless(this.#exchange);
    return undefined;
  }

  /** A body that turns out too large to be changed passes as it came. */
  #collect(rewriting: Rewriting, chunk: Buffer): void {
    if (rewriting.take(chunk)) return;
    this.#rewriting = undefined;
    this.#isFlushed = true;
    rewriting.giveUp(this.#exchange);
    for (const piece of rewriting.pieces) this.#write(piece);
  }

  #sendHead(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined) this.#exchange.head(head.status, head.fields, head.message);
  }

  #write(chunk: Buffer): void {
    if (this.#exchange.write(chunk) || this.#isSlow) return;
    // What the parser has taken in already still comes, however it is asked to wait.
    this.#isSlow = true;
    this.#controller?.pause();
    this.#exchange.onceDrained(() => {
      this.#isSlow = false;
      this.#controller?.resume();
    });
  }
}
