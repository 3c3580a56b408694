import { randomIds } from '../../gate/index.ts';
import { within, type Fetch } from '../outside.ts';
import { letterOf, MAILTO, type SendMail } from './mail.ts';
import { createSign, type Sign } from './sign.ts';

/** Where messages go. */
export interface Address {
  /** Of a web hook; `mailto:` and the mailbox where it is mail. */
  readonly url: string;
  /** Undefined: they are not signed. */
  readonly secret: string | undefined;
  /** Whether somebody else than the policy named it: then it must not lead inside. */
  readonly isForeign?: boolean;
}

/** What a receiver gets, as JSON. */
export interface Message {
  readonly type: 'limit.reached' | 'limit.overage';
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface CourierOptions {
  readonly fetch: Fetch;
  /** The same for what somebody else named: it must not reach what only this network can. Default: `fetch`. */
  readonly fetchOutside?: Fetch | undefined;
  /** Sends mail. Undefined: nobody does. */
  readonly mail?: SendMail | undefined;
  readonly deadline: (afterMs: number) => AbortSignal;
  readonly nowMs: () => number;
  /** Does something after so many ms; says how to leave it. */
  readonly later: (afterMs: number, work: () => void) => () => void;
  /** Told of what an operator should know: a receiver that does not take messages, and each that is lost. */
  readonly onTrouble: (url: string, detail: string) => void;
}

/** Messages that wait for one receiver, at most. What comes beyond is lost, counted and told of. */
const MAX_WAITING = 1000;
/** Receivers, at most. */
const MAX_RECEIVERS = 1000;
/** Sent at once to a receiver that takes them; one that does not is asked with one at a time. */
const MAX_AT_ONCE = 4;
const TIMEOUT_MS = 10_000;
/** How long after each failure in a row it is tried again, the last from then on. */
const BACK_OFF_MS: readonly number[] = [1000, 5000, 30_000, 120_000, 300_000, 600_000];
/** A message that is older is news no more. */
const MAX_AGE_MS = 24 * 3_600_000;

export interface CourierStats {
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
  readonly lost: number;
}

interface Waiting {
  readonly id: string;
  readonly body: string;
  readonly sinceMs: number;
}

/** Sends messages to web hooks and by mail, without anybody waiting for it. One for a process: what waits outlives a policy that is read anew. */
export class Courier {
  readonly #options: CourierOptions;
  readonly #receivers = new Map<string, Receiver>();
  readonly #counts = { delivered: 0, failed: 0, lost: 0 };
  readonly #newId = randomIds();
  #closed = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  get sendsMail(): boolean {
    return this.#options.mail !== undefined;
  }

  send(address: Address, message: Message): void {
    const receiver = this.#receiverOf(address);
    if (receiver === undefined || this.#closed)
      this.#lose(address.url, 1, this.#closed ? 'closed' : 'too many receivers');
    else receiver.take(`msg_${this.#newId()}`, JSON.stringify(message));
  }

  stats(): CourierStats {
    const waiting = [...this.#receivers.values()].reduce((sum, receiver) => sum + receiver.waiting, 0);
    return { ...this.#counts, waiting };
  }

  /** Nothing more is sent: what waits is lost, and told of. */
  close(): void {
    this.#closed = true;
    for (const [url, receiver] of this.#receivers) this.#lose(url, receiver.leave(), 'closed');
    this.#receivers.clear();
  }

  #receiverOf(address: Address): Receiver | undefined {
    const { url, secret } = address;
    const known = this.#receivers.get(url);
    if (known !== undefined) {
      known.sign = secret === undefined ? undefined : createSign(secret);
      return known;
    }
    if (this.#receivers.size >= MAX_RECEIVERS && !this.#forgetIdle()) return undefined;
    const made = new Receiver(address, this.#options, this.#counts, (count, why) => this.#lose(url, count, why));
    made.sign = secret === undefined ? undefined : createSign(secret);
    this.#receivers.set(url, made);
    return made;
  }

  /** Of one for which nothing waits nothing need be known. */
  #forgetIdle(): boolean {
    for (const [url, { waiting }] of this.#receivers) if (waiting === 0) return this.#receivers.delete(url);
    return false;
  }

  #lose(url: string, count: number, why: string): void {
    if (count === 0) return;
    this.#counts.lost += count;
    this.#options.onTrouble(url, `lost ${count}: ${why}`);
  }
}

/** Messages for one URL, the oldest first. */
class Receiver {
  sign: Sign | undefined;
  readonly #address: Address;
  readonly #url: string;
  readonly #options: CourierOptions;
  readonly #counts: { delivered: number; failed: number };
  readonly #lose: (count: number, why: string) => void;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;
  /** In a row. */
  #failures = 0;
  #stop: (() => void) | undefined;
  #left = false;

  constructor(
    address: Address,
    options: CourierOptions,
    counts: { delivered: number; failed: number },
    lose: (count: number, why: string) => void,
  ) {
    this.#address = address;
    this.#url = address.url;
    this.#options = options;
    this.#counts = counts;
    this.#lose = lose;
  }

  get waiting(): number {
    return this.#waiting.length + this.#underWay;
  }

  take(id: string, body: string): void {
    if (this.waiting >= MAX_WAITING) return this.#lose(1, `${MAX_WAITING} wait already`);
    this.#waiting.push({ id, body, sinceMs: this.#options.nowMs() });
    this.#go();
  }

  /** Says how many were waiting. */
  leave(): number {
    const left = this.waiting;
    this.#left = true;
    this.#stop?.();
    this.#waiting.length = 0;
    return left;
  }

  #go(): void {
    this.#forgetOld();
    while (!this.#left && this.#stop === undefined && this.#underWay < (this.#failures > 0 ? 1 : MAX_AT_ONCE)) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#underWay++;
      void this.#attempt(next);
    }
  }

  #forgetOld(): void {
    const before = this.#options.nowMs() - MAX_AGE_MS;
    let old = 0;
    while ((this.#waiting[old]?.sinceMs ?? Infinity) < before) old++;
    if (old > 0) this.#lose(this.#waiting.splice(0, old).length, 'nobody took it for a day');
  }

  async #attempt(message: Waiting): Promise<void> {
    const trouble = await this.#send(message);
    this.#underWay--;
    if (this.#left) return;
    if (trouble === undefined) {
      this.#counts.delivered++;
      this.#failures = 0;
    } else this.#failed(message, trouble);
    this.#go();
  }

  /** It waits again, where it stood; the receiver is asked again when it has had some time. */
  #failed(message: Waiting, trouble: string): void {
    this.#counts.failed++;
    this.#waiting.unshift(message);
    if (this.#stop !== undefined) return;
    const waitMs = BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)] ?? 0;
    if (this.#failures === 0) this.#options.onTrouble(this.#url, `${trouble}; tried again, ${this.waiting} wait`);
    this.#failures++;
    this.#stop = this.#options.later(waitMs, () => {
      this.#stop = undefined;
      this.#go();
    });
  }

  #send(message: Waiting): Promise<string | undefined> {
    return this.#url.startsWith(MAILTO) ? this.#mail(message) : this.#post(message);
  }

  async #mail({ id, body }: Waiting): Promise<string | undefined> {
    const signal = this.#options.deadline(TIMEOUT_MS);
    const { mail } = this.#options;
    if (mail === undefined) return 'nobody sends mail';
    try {
      await within(mail({ to: this.#url.slice(MAILTO.length), ...letterOf(body), id }), signal);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Why it was not taken. Redirects are not followed: who may redirect a message could have it sent anywhere. */
  async #post({ id, body }: Waiting): Promise<string | undefined> {
    const timestamp = Math.floor(this.#options.nowMs() / 1000);
    const signal = this.#options.deadline(TIMEOUT_MS);
    try {
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(this.sign !== undefined && { 'webhook-signature': await this.sign(id, timestamp, body) }),
      };
      const how = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
      const { fetch, fetchOutside = fetch } = this.#options;
      const ask = this.#address.isForeign === true ? fetchOutside : fetch;
      const reply = await within(ask(this.#url, how), signal);
      void reply.body?.cancel().catch(() => undefined);
      return reply.status >= 200 && reply.status < 300 ? undefined : `answered ${reply.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
