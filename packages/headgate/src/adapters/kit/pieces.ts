import { parseJson, type Ending } from '../../http/index.ts';

type Body = Ending['body'];

/** What passes of a body, kept beside the stream up to a bound. */
export class Pieces {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  /** Of all that came. */
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get fits(): boolean {
    return this.bytes <= this.#maxBytes;
  }

  take(piece: Uint8Array): void {
    this.bytes += piece.length;
    if (this.fits) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  /** As text; undefined when it is not UTF-8, or too long. */
  text(): string | undefined {
    if (!this.fits) return undefined;
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    try {
      return this.#pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
    } catch {
      return undefined;
    }
  }

  /** What is known of it when the exchange is over: `torn` before its end, or in another encoding. */
  read(torn: boolean, encoded: boolean): Body {
    const why = this.#unread(torn, encoded);
    if (why !== undefined) return { is: 'unread', why };
    try {
      return { is: 'json', value: parseJson(this.text() ?? '') };
    } catch {
      return { is: 'unread', why: 'not-json' };
    }
  }

  #unread(torn: boolean, encoded: boolean): Extract<Body, { is: 'unread' }>['why'] | undefined {
    if (this.#maxBytes === 0) return 'unasked';
    if (torn) return 'torn';
    if (encoded) return 'encoded';
    if (this.bytes === 0) return 'absent';
    return this.fits ? undefined : 'too-long';
  }
}
