import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.ts';
import type { Flushes, Held } from './flushes.ts';
import type { Head, Rewriting } from './rewriting.ts';

/** An answer on its way to the caller: in as few writes as it can, no faster than it is taken, changed where the policy says so. */
export class Delivery implements Held {
  /** Undefined once all of it has been handed on. */
  #exchange: Exchange | undefined;
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
    const last = this.#last();
    this.forget();
    this.#sendHead();
    const exchange = this.#exchange;
    // Who still waits to flush this must not keep its request alive: of those that are over, twice as many as are under way.
    this.#exchange = undefined;
    this.#controller = undefined;
    exchange?.end(last);
  }

  /** What is held back is not sent any more. */
  forget(): void {
    this.#isFlushed = true;
    this.#first = undefined;
  }

  /** Sends what is held back: the head of an answer, and the first piece of its body when it has come. */
  flush(): void {
    if (this.#isFlushed || this.#exchange?.gone !== false) return;
    const first = this.#first;
    this.forget();
    this.#sendHead();
    if (first === undefined) this.#exchange?.flush();
    else this.#write(first);
  }

  /** What is left of the body: the first piece, where no other came, or what it was rewritten to. */
  #last(): Buffer | undefined {
    const [exchange, rewriting] = [this.#exchange, this.#rewriting];
    if (rewriting === undefined || exchange === undefined) return this.#first;
    if (exchange.method !== 'HEAD') return rewriting.end(exchange);
    rewriting.bodiless(exchange);
    return undefined;
  }

  /** A body that turns out too large to be changed passes as it came. */
  #collect(rewriting: Rewriting, chunk: Buffer): void {
    if (rewriting.take(chunk)) return;
    this.#rewriting = undefined;
    this.#isFlushed = true;
    if (this.#exchange !== undefined) rewriting.giveUp(this.#exchange);
    for (const piece of rewriting.pieces) this.#write(piece);
  }

  #sendHead(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined) this.#exchange?.head(head.status, head.fields, head.message);
  }

  #write(chunk: Buffer): void {
    const [exchange, controller] = [this.#exchange, this.#controller];
    if (exchange === undefined || exchange.write(chunk) || this.#isSlow) return;
    // What the parser has taken in already still comes, however it is asked to wait.
    this.#isSlow = true;
    controller?.pause();
    // Also of an answer that has ended meanwhile: its connection may be paused still.
    exchange.onceDrained(() => {
      this.#isSlow = false;
      controller?.resume();
    });
  }
}
