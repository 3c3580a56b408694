import type { Port } from './port.ts';

/** What whoever holds or lacks the lease is to do. */
export interface Duties {
  readonly lead: () => void;
  readonly follow: () => void;
  /** Another leads, and did not hear what was said of late. */
  readonly askAgain: () => void;
}

/** Whoever leads and does not say so again for this long is taken to be gone. */
const LEASE_MS = 3000;
const BEAT_MS = 1000;

/** Takes the lead, or keeps it: 1; 0 where another has it. */
const TAKE = `local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;
const LEAVE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** One key with a lifetime, which says who leads. While Redis does not answer, each leads itself. */
export class Lease {
  readonly #port: Port;
  readonly #key: string;
  readonly #self: string;
  readonly #duties: Duties;
  readonly #timer: NodeJS.Timeout = setInterval(() => this.#beat(), BEAT_MS);
  #answeredAtMs = performance.now();
  #leads = false;
  #asking = false;
  #hears = false;
  /** What was said while nothing could be heard is to be said again. */
  #missed = true;
  #ended = false;

  constructor(port: Port, key: string, self: string, duties: Duties) {
    this.#port = port;
    this.#key = key;
    this.#self = self;
    this.#duties = duties;
  }

  /** What others say is heard from now on, or again: only who hears may lead. */
  hears(): void {
    this.#hears = this.#missed = true;
    this.#beat();
  }

  stop(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    if (this.#leads && this.#port.isReady()) this.#eval(LEAVE).catch(() => {});
  }

  #beat(): void {
    if (!this.#leads && performance.now() - this.#answeredAtMs > LEASE_MS) this.#leadAlone();
    if (this.#asking || !this.#hears || !this.#port.isReady()) return;
    this.#asking = true;
    void this.#eval(TAKE, String(LEASE_MS))
      .then((answer) => this.#settle(answer === 1))
      .catch(() => {})
      .finally(() => (this.#asking = false));
  }

  #eval(script: string, ...args: string[]): Promise<unknown> {
    return this.#port.send('EVAL', script, '1', this.#key, this.#self, ...args);
  }

  #leadAlone(): void {
    this.#leads = this.#missed = true;
    this.#duties.lead();
  }

  #settle(mine: boolean): void {
    if (this.#ended) return;
    const { lead, follow, askAgain } = this.#duties;
    this.#answeredAtMs = performance.now();
    if (mine && (this.#missed || !this.#leads)) lead();
    if (!mine && this.#leads) follow();
    if (!mine && this.#missed) askAgain();
    this.#leads = mine;
    this.#missed = false;
  }
}
