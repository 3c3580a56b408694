import type { Duplex } from 'node:stream';
import type { Message, MessageNeeds, Verdict } from 'headgate/http';
import { Flood } from '../http2/flood.ts';
import { FrameError, HeadReader, isControl, OPCODE, type Frame } from './frame.ts';
import { HeldMessage, type HeldBounds } from './held.ts';

export interface LaneOptions {
  readonly from: Duplex;
  readonly to: Duplex;
  /** From a caller: masked, and not to be trusted with what costs it nothing. */
  readonly isCaller: boolean;
  readonly bounds: HeldBounds;
  readonly needs: () => MessageNeeds | undefined;
  readonly judge: (message: Message) => Verdict | Promise<Verdict>;
  /** Told of a message that does not pass, and of one that does. */
  readonly onVerdict: (verdict: Verdict) => void;
  readonly onError: (error: FrameError) => void;
  /** Told that frames of our own may be put in. */
  readonly onBetween: () => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

const NOTHING = Buffer.alloc(0);

/**
 * One way of a web socket. Frames pass as they come, piece by piece, unless their message is refused; only a message that limits read is
 * kept until it is whole. Nothing is read ahead of a verdict, or of a reader that is slow.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #heads: HeadReader;
  readonly #flood: Flood;
  #rest: Buffer = NOTHING;
  #frame: Frame | undefined;
  /** Of the present frame's payload. */
  #left = 0;
  /** Of a message that has begun: kept, let through, or left out. */
  #message: { readonly type: Message['type']; does: 'pass' | 'skip'; held: HeldMessage | undefined } | undefined;
  #control: Buffer[] | undefined;
  #isStopped = false;
  #waits = 0;
  #hasEnded = false;

  constructor(options: LaneOptions) {
    const { from, isCaller, nowMs } = options;
    this.#options = options;
    this.#heads = new HeadReader(isCaller);
    this.#flood = new Flood(nowMs());
    // One that was asked to wait until it would be read goes on by being told so alone.
    from.on('data', this.#onData).on('end', this.#onEnd).resume();
  }

  /** Whether a frame that others did not send may come next: nobody is in the middle of one. */
  get isBetweenFrames(): boolean {
    return this.#frame === undefined || this.#isKept;
  }

  /** Whether a message may. */
  get isBetweenMessages(): boolean {
    return (
      this.isBetweenFrames &&
      (this.#message === undefined || this.#message.does === 'skip' || this.#message.held !== undefined)
    );
  }

  /** Nothing of the present frame has gone out. */
  get #isKept(): boolean {
    return this.#control !== undefined || this.#message?.held !== undefined || this.#message?.does === 'skip';
  }

  /** Whether part of a message that is kept has been there for longer than it may. */
  isSlow(ms: number): boolean {
    return this.#waits === 0 && this.#message?.held?.hasLasted(ms, this.#options.nowMs()) === true;
  }

  /** Reads no more for now: whoever is on the other side has to catch up. */
  async wait(until: Promise<unknown>): Promise<void> {
    this.#waits++;
    this.#options.from.pause();
    await until;
    if (--this.#waits > 0) return;
    this.#work();
    if (this.#waits === 0) this.#options.from.resume();
  }

  /** Whatever still comes is nobody's: it is read, and let go. */
  stop(): void {
    this.#isStopped = true;
    this.#rest = NOTHING;
    this.#message?.held?.release();
    this.#message = undefined;
    this.#options.from.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#isStopped) return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#waits === 0) this.#work();
  };

  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#waits === 0) this.#options.to.end();
  };

  #work(): void {
    try {
      while (this.#waits === 0 && !this.#isStopped && this.#rest.length > 0) this.#step();
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#options.onError(error);
    }
    if (this.#hasEnded && this.#waits === 0) this.#options.to.end();
  }

  #step(): void {
    if (this.#frame !== undefined) return this.#payload(this.#frame);
    const { taken, frame } = this.#heads.take(this.#rest);
    this.#rest = this.#rest.subarray(taken);
    if (frame !== undefined) this.#begin(frame);
  }

  #begin(frame: Frame): void {
    this.#countEmpty(frame);
    this.#left = frame.length;
    if (isControl(frame)) this.#control = [frame.head];
    else if (this.#opens(frame)) return; // it waits for a verdict
    this.#frame = frame;
    if (this.#control === undefined) this.#passHead(frame);
    if (this.#left === 0) this.#endFrame(frame);
  }

  /** What costs a caller nothing may come in numbers: pings, and parts of a message without a byte in them. */
  #countEmpty(frame: Frame): void {
    const { isCaller, nowMs } = this.#options;
    const costsNothing = isControl(frame) || (frame.length === 0 && !frame.isLast);
    if (isCaller && costsNothing && this.#flood.count(nowMs()))
      throw new FrameError(1008, 'too many frames that carry nothing');
  }

  /** Begins a message with its first frame. True when the frame has to come again, once it is judged. */
  #opens(frame: Frame): boolean {
    const isMore = frame.opcode === OPCODE.more;
    if (isMore !== (this.#message !== undefined))
      throw new FrameError(1002, isMore ? 'a part of a message that never began' : 'a message within a message');
    if (isMore) return false;
    const { needs, bounds, nowMs } = this.#options;
    const type = frame.opcode === OPCODE.text ? 'text' : 'binary';
    const wanted = needs();
    const isKept = wanted === 'body' || (wanted === 'length' && !frame.isLast);
    this.#message = { type, does: 'pass', held: isKept ? new HeldMessage(bounds, nowMs()) : undefined };
    if (wanted === undefined || isKept) return false;
    return this.#ask({ bytes: frame.length, type }, () => this.#resume(frame));
  }

  /** Goes on with a frame whose message has been judged. */
  #resume(frame: Frame): void {
    this.#frame = frame;
    this.#passHead(frame);
    if (this.#left === 0) this.#endFrame(frame);
  }

  /** Asks about the present message; `then` is called when that is known: at once, or later. Always true. */
  #ask(message: Message, then: () => void): true {
    const verdict = this.#options.judge(message);
    const take = (one: Verdict): void => {
      if (this.#isStopped) return;
      if (one !== undefined && this.#message !== undefined) this.#message.does = 'skip';
      then();
      this.#options.onVerdict(one);
    };
    if (verdict instanceof Promise) void this.wait(verdict.then(take));
    else take(verdict);
    return true;
  }

  #passHead(frame: Frame): void {
    const message = this.#message;
    if (message?.held !== undefined) message.held.begin(frame);
    else if (message?.does === 'pass') this.#send(frame.head);
  }

  #payload(frame: Frame): void {
    const piece = this.#rest.subarray(0, this.#left);
    this.#rest = this.#rest.subarray(piece.length);
    const from = frame.length - this.#left;
    this.#left -= piece.length;
    const message = this.#message;
    if (this.#control !== undefined) this.#control.push(piece);
    else if (message?.held !== undefined) message.held.take(piece, frame, from);
    else if (message?.does === 'pass') this.#send(piece);
    if (this.#left === 0) this.#endFrame(frame);
  }

  #endFrame(frame: Frame): void {
    this.#frame = undefined;
    if (this.#control !== undefined) return this.#endControl(frame, this.#control);
    if (frame.isLast) this.#endMessage();
    this.#options.onBetween();
  }

  #endControl({ opcode }: Frame, pieces: readonly Buffer[]): void {
    this.#control = undefined;
    this.#send(Buffer.concat(pieces));
    // RFC 6455 5.5.1: nothing that counts comes after it.
    if (opcode === OPCODE.close) this.stop();
    this.#options.onBetween();
  }

  #endMessage(): void {
    const message = this.#message;
    const held = message?.held;
    if (message === undefined || held === undefined) return void (this.#message = undefined);
    const body = this.#options.needs() === 'body' ? { payload: held.payload } : {};
    this.#ask({ bytes: held.bytes, type: message.type, ...body }, () => {
      if (message.does === 'pass') this.#send(held.whole);
      held.release();
      this.#message = undefined;
    });
  }

  #send(bytes: Buffer): void {
    const { to } = this.#options;
    if (!to.writable || to.write(bytes) || this.#waits > 0) return;
    void this.wait(new Promise((resolve) => to.once('drain', resolve)));
  }
}
