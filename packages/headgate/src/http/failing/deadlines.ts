/** Calls something after so many ms, once. */
export type Timer = (afterMs: number, call: () => void) => void;

/** What is waited for. */
export interface Awaited {
  /** By then it must be over. */
  readonly dueAtMs: number;
  isOver: boolean;
  /** It is not over in time. */
  giveUp(): void;
  next: Awaited | undefined;
}

/** A process that was busy for so long past a deadline may not have heard an answer that has come: it is given one more turn. In ms. */
const BUSY_MS = 10;

/**
 * Sees to it that each call ends by its deadline. All have the same time, so that they end in the order in which they began: one timer
 * is enough, whose time is that of the first that is not over.
 */
export class Deadlines {
  readonly #nowMs: () => number;
  readonly #timer: Timer;
  #head: Awaited | undefined;
  #last: Awaited | undefined;
  #isArmed = false;
  #wasBusy = false;

  constructor(nowMs: () => number, timer: Timer) {
    this.#nowMs = nowMs;
    this.#timer = timer;
  }

  add(call: Awaited): void {
    if (this.#last === undefined) this.#head = call;
    else this.#last.next = call;
    this.#last = call;
    this.#arm();
  }

  #arm(): void {
    this.#drop();
    if (this.#isArmed || this.#head === undefined) return;
    this.#isArmed = true;
    this.#timer(Math.max(1, this.#head.dueAtMs - this.#nowMs()), this.#fire);
  }

  readonly #fire = (): void => {
    this.#isArmed = false;
    this.#drop();
    const nowMs = this.#nowMs();
    const lateMs = nowMs - (this.#head?.dueAtMs ?? nowMs);
    this.#wasBusy = lateMs > BUSY_MS && !this.#wasBusy;
    if (!this.#wasBusy) this.#giveUp(nowMs);
    this.#arm();
  };

  #giveUp(nowMs: number): void {
    for (; this.#head !== undefined && this.#head.dueAtMs <= nowMs; this.#drop()) {
      this.#head.isOver = true;
      this.#head.giveUp();
    }
  }

  /** What is over at the front is let go. */
  #drop(): void {
    while (this.#head?.isOver === true) this.#head = this.#head.next;
    if (this.#head === undefined) this.#last = undefined;
  }
}

/** The platform's own; it keeps no process alive. */
export const platformTimer: Timer = (afterMs, call) => {
  // Where it is a number, as in a browser, there is no process to keep alive.
  const made = setTimeout(call, afterMs) as { unref?: () => void };
  made.unref?.();
};
