import { timingSafeEqual } from 'node:crypto';
import type { Sha256 } from 'headgate/http';

/** Tokens that are right at the same time: the one in use, and those that come after it. */
const MAX_TOKENS = 16;
/** Characters of a token: 128 bits and more in any form that a generator writes. */
export const MIN_TOKEN = 32;
/** What may stand behind `Bearer` (RFC 6750 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;
const BEARER = /^bearer +([\w.~+/-]+=*) *$/i;

/** The tokens in a file's text, one a line; lines that begin with `#` are none. @throws Error saying what is wrong, and never a token */
export function readTokens(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const tokens = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (tokens.length === 0) throw new Error('expected a token, found none');
  if (tokens.length > MAX_TOKENS) throw new Error(`expected at most ${MAX_TOKENS} tokens, found ${tokens.length}`);
  for (const token of tokens) {
    const line = lines.indexOf(token) + 1;
    if (!TOKEN.test(token)) throw new Error(`line ${line}: a token is letters, digits and any of "-._~+/", then "="`);
    if (token.length < MIN_TOKEN)
      throw new Error(`line ${line}: expected at least ${MIN_TOKEN} characters, got ${token.length}`);
  }
  return tokens;
}

/** Whether a request shows one of the tokens; the time that it takes does not depend on how much of one is right. */
export class Tokens {
  readonly #sha256: Sha256;
  #hashes: readonly Buffer[] = [];

  constructor(tokens: readonly string[], sha256: Sha256) {
    this.#sha256 = sha256;
    this.use(tokens);
  }

  use(tokens: readonly string[]): void {
    this.#hashes = tokens.map((token) => this.#hash(token));
  }

  /** @param authorization the field, as it came */
  admits(authorization: string | undefined): boolean {
    const hash = this.#hash(BEARER.exec(authorization ?? '')?.[1] ?? '');
    let right = false;
    for (const each of this.#hashes) right = timingSafeEqual(each, hash) || right;
    return right;
  }

  #hash(token: string): Buffer {
    return Buffer.from(this.#sha256(token), 'hex');
  }
}
