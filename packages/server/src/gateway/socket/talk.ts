import type { Duplex } from 'node:stream';
import type { Answered, Verdict, Way } from 'headgate/http';
import { bindSockets } from '../web-socket.ts';
import type { HeldBounds } from './held.ts';
import { Lane, type LaneOptions } from './lane.ts';
import type { LiveChannel } from './live.ts';
import { Ticks } from './ticks.ts';
import { closeFrame, textFrame } from './write.ts';

/** Answers that wait until the API has ended the message that it is in the middle of: those beyond are not told. */
const MAX_WAITING = 64;
/** RFC 6455 7.4.1: the server met what keeps it from going on. */
const FAULT = 1011;
/** … the endpoint goes away. */
const SLOW = 1008;

export interface TalkOptions {
  readonly caller: Duplex;
  readonly api: Duplex;
  readonly channel: LiveChannel;
  readonly silenceMs: number;
  /** Longest that a message which is kept may take to come. */
  readonly messageMs: number;
  readonly bounds: HeldBounds;
  readonly onDenied: (answered: Answered) => void;
  /** Told of what could not be judged: it did not pass. */
  readonly onFault: (error: unknown) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A web socket whose messages are judged: what is refused does not pass, and whoever sent it is told. */
export class Talk {
  readonly #options: TalkOptions;
  readonly #in: Lane;
  readonly #out: Lane;
  readonly #ticks: Ticks;
  readonly #part: () => void;
  readonly #waiting: Buffer[] = [];
  #isTold = false;
  #isOver = false;

  constructor(options: TalkOptions) {
    const { caller, api, channel, silenceMs, nowMs } = options;
    this.#options = options;
    this.#part = bindSockets(caller, api, silenceMs);
    this.#ticks = new Ticks(channel, nowMs());
    this.#in = new Lane({ ...this.#lane('in'), from: caller, to: api, isCaller: true });
    this.#out = new Lane({ ...this.#lane('out'), from: api, to: caller, isCaller: false });
  }

  #lane(way: Way): Omit<LaneOptions, 'from' | 'to' | 'isCaller'> {
    const { channel, bounds, nowMs } = this.#options;
    return {
      bounds,
      nowMs,
      needs: () => channel.now?.needs[way],
      judge: (message) => this.#judged(() => channel.now?.message(way, message)),
      onVerdict: (verdict) => this.#take(way, verdict),
      onError: ({ code, message }) => this.end(code, message),
      onBetween: () => this.#say(),
    };
  }

  /** What cannot be judged must not pass: it ends the connection. */
  #judged(judge: () => Verdict | Promise<Verdict>): Verdict | Promise<Verdict> {
    try {
      const verdict = judge();
      return verdict instanceof Promise ? verdict.catch((error: unknown) => this.#fault(error)) : verdict;
    } catch (error) {
      return this.#fault(error);
    }
  }

  #fault(error: unknown): Verdict {
    this.#options.onFault(error);
    return { kind: 'answer', status: 500, fields: [], body: '', denial: undefined, close: { code: FAULT, reason: '' } };
  }

  #take(way: Way, verdict: Verdict): void {
    if (this.#isOver) return;
    if (verdict === undefined) {
      if (way === 'out') this.#isTold = false;
      return;
    }
    if (verdict.denial !== undefined) this.#options.onDenied(verdict);
    // Of messages of the API that are left out one after another, its caller is told once.
    if (way === 'in' || !this.#isTold) this.#tell(verdict.body);
    if (way === 'out') this.#isTold = true;
    if (verdict.close !== undefined) this.end(verdict.close.code, verdict.close.reason);
  }

  #tell(body: string): void {
    if (body === '' || this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push(textFrame(body));
    this.#say();
  }

  /** Puts in what is waiting, where the API is between two messages. A caller that does not read it is read no further. */
  #say(): void {
    const { caller } = this.#options;
    if (this.#waiting.length === 0 || !this.#out.isBetweenMessages || !caller.writable) return;
    const isTaken = caller.write(Buffer.concat(this.#waiting.splice(0)));
    if (!isTaken) void this.#in.wait(new Promise((resolve) => caller.once('drain', resolve)));
  }

  /** Told now and then. */
  look(): void {
    if (this.#isOver) return;
    const { nowMs, messageMs } = this.#options;
    if (this.#in.isSlow(messageMs)) return this.end(SLOW, 'a message did not come to its end in time');
    this.#ticks.look(nowMs(), (everyMs) => void this.#tick(everyMs));
  }

  async #tick(everyMs: number): Promise<void> {
    this.#take('in', await this.#judged(() => this.#options.channel.now?.tick(everyMs)));
  }

  /** Ends the web socket on both sides, as far as either can still be told so. */
  end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { caller, api } = this.#options;
    const [toApi, toCaller] = [this.#in.isBetweenFrames, this.#out.isBetweenFrames];
    this.#in.stop();
    this.#out.stop();
    if (toApi && api.writable) api.write(closeFrame(code, reason, true));
    if (toCaller && caller.writable) caller.write(closeFrame(code, reason, false));
    caller.end();
    api.end();
    this.#part();
  }

  /** Both sides are gone. */
  over(): void {
    this.#isOver = true;
    this.#in.stop();
    this.#out.stop();
  }
}
