/** Calls that may wait for a turn; beyond, who asks is told at once that nobody can tell. */
const MAX_WAITING = 1000;

/** Lets so many go at once, and the others wait in the order they came. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Waits for a turn, which ends when `end` is called.
   * @throws Error when too many wait already, or the signal is aborted first
   */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    if (this.#waiting.size >= MAX_WAITING) throw new Error(`${MAX_WAITING} calls wait for an answer already`);
    await this.#wait(signal);
  }

  end(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(go);
        reject(new Error('no turn in time'));
      };
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
    });
  }
}
