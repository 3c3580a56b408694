import type { ServerResponse } from 'node:http';
import { Pieces, type Rewrite } from '../kit/index.ts';

/** A body that something is to be written into: taken in as a whole, up to the policy's bound. */
export class Collected {
  /** All of it: what is too large passes as it came. */
  readonly pieces: Buffer[] = [];
  readonly #rewrite: Rewrite;
  readonly #kept: Pieces;

  constructor(rewrite: Rewrite) {
    this.#rewrite = rewrite;
    this.#kept = new Pieces(rewrite.maxBytes);
  }

  /** False when the body has grown too large to be changed. */
  take(chunk: Buffer): boolean {
    this.pieces.push(chunk);
    this.#kept.take(chunk);
    return this.#kept.fits;
  }

  /** The body as it is to be sent. What is true of its first form alone goes; of a HEAD, which has none, its length too (RFC 9110 8.6). */
  end(response: ServerResponse): Buffer {
    const body = Buffer.concat(this.pieces);
    const isHead = response.req.method === 'HEAD';
    const plain = isHead ? undefined : this.#kept.text();
    const text = plain === undefined ? undefined : this.#rewrite.apply(plain);
    if (text === undefined && !isHead) return body;
    for (const name of [...this.#rewrite.drops, 'content-length']) response.removeHeader(name);
    if (text === undefined) return body;
    const changed = Buffer.from(text);
    response.setHeader('Content-Length', String(changed.length));
    return changed;
  }
}

/** A piece of a body as the methods of a response take it. */
export function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (typeof chunk === 'string')
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return Buffer.from(chunk as Uint8Array); // Node takes nothing else
}
