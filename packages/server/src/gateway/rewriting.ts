import { isUtf8 } from 'node:buffer';
import type { Forward, Rewrite } from 'headgate/http';
import type { Exchange } from './exchange.ts';

/** The head of an answer, until it is known what its body will be. */
export interface Head {
  readonly status: number;
  readonly fields: readonly string[];
  readonly message: string | undefined;
}

/** An answer whose body something is to be written into: taken in as a whole, up to the policy's bound. */
export class Rewriting {
  /** What has come of the body. */
  readonly pieces: Buffer[] = [];
  readonly #rewrite: Rewrite;
  readonly #head: Head;
  #bytes = 0;

  constructor(rewrite: Rewrite, head: Head) {
    this.#rewrite = rewrite;
    this.#head = head;
  }

  /** False when the body has grown too large to be changed. */
  take(chunk: Buffer): boolean {
    this.pieces.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes <= this.#rewrite.maxBytes;
  }

  /** Sends the head as it came. */
  giveUp(exchange: Exchange): void {
    exchange.head(this.#head.status, this.#head.fields, this.#head.message);
  }

  /** Sends the head of an answer without its body, which would have another length (RFC 9110 8.6). */
  bodiless(exchange: Exchange): void {
    exchange.head(this.#head.status, without(this.#head.fields, this.#rewrite.drops), this.#head.message);
  }

  /** Sends the head; the body that belongs to it comes back. */
  end(exchange: Exchange): Buffer {
    const body = Buffer.concat(this.pieces);
    const text = isUtf8(body) ? this.#rewrite.apply(body.toString()) : undefined;
    if (text === undefined) {
      this.giveUp(exchange);
      return body;
    }
    const changed = Buffer.from(text);
    const fields = without(this.#head.fields, this.#rewrite.drops);
    exchange.head(this.#head.status, [...fields, 'Content-Length', String(changed.length)], this.#head.message);
    return changed;
  }
}

/** Undefined when an answer passes as it comes. */
export function rewritingOf(
  { rewrite: rewriteFor }: Forward,
  head: Head,
  headers: NodeJS.Dict<string | string[]>,
): Rewriting | undefined {
  if (rewriteFor === undefined || headers['content-encoding'] !== undefined) return undefined;
  const type = headers['content-type'];
  const rewrite = rewriteFor(head.status, typeof type === 'string' ? type : undefined);
  return rewrite && new Rewriting(rewrite, head);
}

/** Also without its length, which is another now. */
function without(fields: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const lower = (fields[i] ?? '').toLowerCase();
    if (lower !== 'content-length' && !names.includes(lower)) kept.push(fields[i] ?? '', fields[i + 1] ?? '');
  }
  return kept;
}
