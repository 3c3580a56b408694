/** One lexical token of a document (GraphQL, October 2021, 2.1), or what is no token at all. */
export type Token =
  | { readonly is: 'name' | 'punctuator' | 'number' | 'text'; readonly text: string }
  | { readonly is: 'end' | 'bad'; readonly text: '' };

const IGNORED = /(?:[\s,\ufeff]+|#[^\n\r]*)*/y;
const TOKEN =
  /([A-Za-z_]\w*)|(\.\.\.|[!$&():=@[\]{|}])|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*")/y;
const KINDS = ['name', 'punctuator', 'number', 'text'] as const;

/** Reads a document token by token, from the place where the last one ended. */
export class Tokens {
  readonly #text: string;
  #at = 0;
  current: Token;

  constructor(text: string) {
    this.#text = text;
    this.current = this.#read();
  }

  /** The current token; the one behind it is current then. */
  take(): Token {
    const taken = this.current;
    this.current = this.#read();
    return taken;
  }

  /** Whether the current token is this one; then it is taken. */
  takes(text: string): boolean {
    const is = this.is(text);
    if (is) this.take();
    return is;
  }

  is(text: string): boolean {
    return this.current.is !== 'text' && this.current.text === text;
  }

  #read(): Token {
    IGNORED.lastIndex = this.#at;
    IGNORED.exec(this.#text);
    TOKEN.lastIndex = IGNORED.lastIndex;
    if (TOKEN.lastIndex >= this.#text.length) return { is: 'end', text: '' };
    const match = TOKEN.exec(this.#text);
    const kind = match?.slice(1).findIndex((group) => group !== undefined) ?? -1;
    this.#at = TOKEN.lastIndex;
    return match === null ? { is: 'bad', text: '' } : { is: KINDS[kind] ?? 'text', text: match[0] };
  }
}
