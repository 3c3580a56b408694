import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import type { AnswerBody } from 'headgate/http';
import { pick, type Wanted } from './pick.ts';

/** Pieces are put together when there are so many: an answer in single bytes must not cost a hundred times its length. */
const MAX_PIECES = 64;

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

export interface TapOptions {
  /** Of the body, as it comes and once decoded. */
  readonly maxBytes: number;
  readonly coding?: string | undefined;
  /** How long the API says that it is. */
  readonly declared?: number;
  /** The members that are read; undefined: all of it. */
  readonly wanted?: readonly Wanted[] | undefined;
}

/**
 * Reads along as the body of an answer passes, up to a bound: beyond, it lets go of what it has. Nothing waits for it, and what
 * passes is not changed.
 */
export class Tap {
  readonly #maxBytes: number;
  readonly #coding: string;
  readonly #wanted: readonly Wanted[] | undefined;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor({ maxBytes, coding = 'identity', declared = 0, wanted }: TapOptions) {
    this.#maxBytes = maxBytes;
    this.#coding = coding.toLowerCase();
    this.#wanted = wanted;
    if (declared > maxBytes) this.#bytes = declared;
  }

  take(chunk: Buffer): void {
    if (this.#bytes > this.#maxBytes) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#pieces = [];
    else if (this.#pieces.push(chunk) === MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  /** What has passed, as the value that it is the JSON text of (in UTF-8: RFC 8259 8.1). Once. */
  read(): AnswerBody {
    if (this.#bytes > this.#maxBytes) return unread('too-long');
    if (!isReadable(this.#coding)) return unread('encoded');
    if (this.#bytes === 0) return unread('absent');
    const [first = Buffer.alloc(0)] = this.#pieces;
    const whole = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
    this.#pieces = [];
    try {
      return { is: 'json', value: this.#valueOf(this.#decoded(whole)) };
    } catch (error) {
      return unread(isTooLarge(error) ? 'too-long' : 'not-json');
    }
  }

  #valueOf(bytes: Buffer): unknown {
    if (this.#wanted !== undefined) return pick(bytes, this.#wanted);
    return JSON.parse(TEXT.decode(bytes)) as unknown;
  }

  #decoded(bytes: Buffer): Buffer {
    return DECODERS[this.#coding]?.(bytes, { maxOutputLength: this.#maxBytes }) ?? bytes;
  }
}

export function unread(why: Extract<AnswerBody, { is: 'unread' }>['why']): AnswerBody {
  return { is: 'unread', why };
}

/** What a decoder throws that would have to give more than it may. */
function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
