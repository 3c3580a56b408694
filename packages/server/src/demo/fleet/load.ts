/* oxlint-disable no-await-in-loop -- a caller asks one thing after another */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two requests of one caller, in ms: the load is steady, and a human can follow what it does. */
const PAUSE_MS = 60;
const CALLERS = 3;
/** No gateway takes so long to answer. In ms. */
const PATIENCE_MS = 5000;
/** What a caller is told who finds nobody there. */
const NOBODY = 0;

/** What one gateway said, since it was last looked at. */
export interface Tally {
  admitted: number;
  /** 429: the limit is used up. */
  refused: number;
  /** 503: nobody knows whether it is. */
  undecided: number;
  /** The connection was refused, or broke. */
  unanswered: number;
  /** Anything else, which there should not be. */
  strange: number;
  slowestMs: number;
}

const NOTHING: Tally = { admitted: 0, refused: 0, undecided: 0, unanswered: 0, strange: 0, slowestMs: 0 };
const KINDS: Readonly<Record<number, Exclude<keyof Tally, 'slowestMs'>>> = {
  200: 'admitted',
  429: 'refused',
  503: 'undecided',
  [NOBODY]: 'unanswered',
};

/** A few callers of one gateway, all with the same key, who never stop to ask. */
export class Load {
  readonly #url: URL;
  readonly #agent: Agent = new Agent({ keepAlive: true });
  readonly #callers: Promise<unknown>;
  #tally: Tally = { ...NOTHING };
  #hasEnded = false;

  constructor(url: URL) {
    this.#url = url;
    this.#callers = Promise.all(Array.from({ length: CALLERS }, () => this.#ask()));
  }

  /** What was said until now. */
  get tally(): Readonly<Tally> {
    return this.#tally;
  }

  /** Begins to count anew. */
  look(): Tally {
    const tally = this.#tally;
    this.#tally = { ...NOTHING };
    return tally;
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await this.#callers;
    this.#agent.destroy();
  }

  async #ask(): Promise<void> {
    while (!this.#hasEnded) {
      const startedAtMs = performance.now();
      const kind = KINDS[await this.#status()] ?? 'strange';
      this.#tally[kind]++;
      this.#tally.slowestMs = Math.max(this.#tally.slowestMs, performance.now() - startedAtMs);
      await sleep(PAUSE_MS);
    }
  }

  #status(): Promise<number> {
    return new Promise((resolve) => {
      const options = { agent: this.#agent, headers: { 'X-API-Key': 'fleet' }, timeout: PATIENCE_MS };
      const request = get(new URL('/v1/articles', this.#url), options, (response) => {
        response.resume().once('close', () => resolve(response.statusCode ?? NOBODY));
      });
      request.once('timeout', () => request.destroy());
      request.once('error', () => resolve(NOBODY));
    });
  }
}
