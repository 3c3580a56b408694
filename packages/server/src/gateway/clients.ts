import type { Line } from './line.ts';

/** Idle clients that are kept: beyond, the memory of a rush is given back. */
const MAX_IDLE = 256;

/**
 * Connections to the API, each with one request at a time. The one that was free last is taken first, so that the rest grow cold
 * and close. Undici's own pool asks each of its connections whether it is free, twice a request.
 */
export class Clients {
  readonly #make: () => Line;
  readonly #all = new Set<Line>();
  readonly #idle: Line[] = [];

  constructor(make: () => Line) {
    this.#make = make;
  }

  /** Requests that the API has, or that wait for a connection to it: also of callers that have gone. */
  get busy(): number {
    return this.#all.size - this.#idle.length;
  }

  /** Takes a connection for one request. Whoever takes it gives it back, once. */
  take(): Line {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const made = this.#make();
    this.#all.add(made);
    return made;
  }

  giveBack(client: Line): void {
    if (this.#idle.length < MAX_IDLE) return void this.#idle.push(client);
    this.#all.delete(client);
    void client.close();
  }

  /** Ends every connection: with `isNow`, what is under way too. */
  async close(isNow: boolean): Promise<void> {
    await Promise.all([...this.#all].map((client) => (isNow ? client.destroy() : client.close())));
  }
}
