import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { parseJson, type AnswerBody } from 'headgate/http';
import { NotJson } from './passing.ts';
import { pick, type Wanted } from './pick.ts';
import type { Room } from './room.ts';

/** Pieces are put together when there are so many: an answer in single bytes must not cost a hundred times its length. */
const MAX_PIECES = 64;
/** Texts up to so long are read whole: that costs little more than a search in them, and nothing of them goes unseen. */
const WHOLE_BYTES = 512;

type Decode = (bytes: Buffer, options: ZlibOptions) => Buffer;

/** Content codings that are undone here (RFC 9110 8.4.1), and `br` (RFC 7932). */
const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};
const TEXT = new TextDecoder('utf-8', { fatal: true });

/** Whether an answer in this content coding can be read here. */
export function isReadable(coding: string): boolean {
  return coding === 'identity' || Object.hasOwn(DECODERS, coding);
}

type Why = Extract<AnswerBody, { is: 'unread' }>['why'];

export interface TapOptions {
  /** Of the body, as it comes and once decoded. */
  readonly maxBytes: number;
  readonly coding?: string | undefined;
  /** How long the API says that it is. */
  readonly declared?: number;
  /** The members that are read; undefined: all of it. */
  readonly wanted?: readonly Wanted[] | undefined;
  /** For all taps together. */
  readonly room: Room;
}

/**
 * Reads along as the body of an answer passes, up to a bound: beyond, it lets go of what it has. Nothing waits for it, and what
 * passes is not changed.
 */
export class Tap {
  readonly #options: TapOptions;
  readonly #coding: string;
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Why it has given up. */
  #why: Why | undefined;

  constructor(options: TapOptions) {
    const { maxBytes, coding = 'identity', declared = 0 } = options;
    this.#options = options;
    this.#coding = coding.toLowerCase();
    if (!isReadable(this.#coding)) this.#why = 'encoded';
    else if (declared > maxBytes) this.#why = 'too-long';
  }

  take(chunk: Buffer): void {
    if (this.#why !== undefined) return;
    const { maxBytes, room } = this.#options;
    const { length } = chunk;
    if (this.#bytes + length > maxBytes || !room.take(length)) return this.close('too-long');
    this.#bytes += length;
    if (this.#pieces.push(chunk) === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  /** Lets go of what has passed: there is no more to come, or no use for it. */
  close(why: Why): void {
    this.#options.room.giveBack(this.#bytes);
    this.#bytes = 0;
    this.#pieces = [];
    this.#why = why;
  }

  /** What has passed, as the value that it is the JSON text of (in UTF-8: RFC 8259 8.1). Once. */
  read(): AnswerBody {
    if (this.#why !== undefined) return unread(this.#why);
    if (this.#bytes === 0) return unread('absent');
    const whole = joined(this.#pieces, this.#bytes);
    this.close('absent');
    try {
      return { is: 'json', value: parseJson(this.#textOf(this.#decoded(whole))) };
    } catch (error) {
      return unread(isTooLarge(error) ? 'too-long' : 'not-json');
    }
  }

  #textOf(bytes: Buffer): string {
    const { wanted } = this.#options;
    if (wanted === undefined || bytes.length <= WHOLE_BYTES) return TEXT.decode(bytes);
    // What is looked at is decoded as it is found; the rest is to be a text as well.
    if (!isUtf8(bytes)) throw new NotJson();
    return pick(bytes, wanted);
  }

  #decoded(bytes: Buffer): Buffer {
    return DECODERS[this.#coding]?.(bytes, { maxOutputLength: this.#options.maxBytes }) ?? bytes;
  }
}

/** One after another, where they are read at once and no longer: memory of its own would cost more than to read most of them. */
const SCRATCH = Buffer.allocUnsafeSlow(64 * 1024);

function joined(pieces: readonly Buffer[], bytes: number): Buffer {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  if (bytes > SCRATCH.length) return Buffer.concat(pieces);
  let at = 0;
  for (const piece of pieces) at += piece.copy(SCRATCH, at);
  return SCRATCH.subarray(0, bytes);
}

export function unread(why: Why): AnswerBody {
  return { is: 'unread', why };
}

/** What a decoder throws that would have to give more than it may. */
function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
