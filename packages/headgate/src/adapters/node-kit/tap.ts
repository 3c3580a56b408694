import { parseJson, type Over } from '../kit/index.ts';
import { textOf } from './body.ts';

type Body = NonNullable<Over['body']>;

/** Keeps a body that is to be read when the exchange is over, beside the stream, up to a bound. */
export class Tap {
  readonly #maxBytes: number;
  readonly #encoded: boolean;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes 0 when nothing is to be read */
  constructor(maxBytes: number, encoded: boolean) {
    this.#maxBytes = maxBytes;
    this.#encoded = encoded;
  }

  take(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  read(torn: boolean): Body {
    if (this.#maxBytes === 0) return unread('unasked');
    if (torn) return unread('torn');
    if (this.#encoded) return unread('encoded');
    if (this.#bytes === 0) return unread('absent');
    if (this.#bytes > this.#maxBytes) return unread('too-long');
    // What is not UTF-8 is no JSON either.
    return parsed(textOf(Buffer.concat(this.#pieces)) ?? '');
  }
}

function parsed(text: string): Body {
  try {
    return { is: 'json', value: parseJson(text) };
  } catch {
    return unread('not-json');
  }
}

function unread(why: Extract<Body, { is: 'unread' }>['why']): Body {
  return { is: 'unread', why };
}
