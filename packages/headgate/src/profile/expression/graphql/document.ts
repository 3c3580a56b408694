import { Tokens } from './tokens.ts';

/** What stands for a value where only its size is of interest: a number, a variable's name, or anything else. */
export type Argument =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'variable'; readonly name: string };

export type Selection =
  | {
      readonly is: 'field';
      readonly name: string;
      readonly sizes: readonly Argument[];
      readonly below: readonly Selection[];
    }
  | { readonly is: 'spread'; readonly name: string }
  | { readonly is: 'inline'; readonly below: readonly Selection[] };

export interface Operation {
  readonly name: string | undefined;
  /** Variables that have one, by name. */
  readonly defaults: ReadonlyMap<string, number>;
  readonly below: readonly Selection[];
}

export interface Document {
  readonly operations: readonly Operation[];
  readonly fragments: ReadonlyMap<string, readonly Selection[]>;
}

/** How deep selections and values may stand in one another. */
const MAX_DEPTH = 64;
/** Arguments that say how many of something are asked for (GraphQL Cursor Connections, 4.1). */
const SIZES: ReadonlySet<string> = new Set(['first', 'last', 'limit']);

/** Why a text is no document: thrown within this file alone. */
class Unreadable extends Error {}

/** Reads an executable document (GraphQL, October 2021, 2.2); undefined when it is none. */
export function readDocument(text: string): Document | undefined {
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Reader {
  readonly #tokens: Tokens;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = new Tokens(text);
  }

  document(): Document {
    const operations: Operation[] = [];
    const fragments = new Map<string, readonly Selection[]>();
    while (this.#tokens.current.is !== 'end') {
      if (this.#tokens.takes('fragment')) {
        const name = this.#name();
        if (fragments.has(name) || !this.#tokens.takes('on')) throw new Unreadable();
        this.#name();
        fragments.set(name, this.#body());
      } else operations.push(this.#operation());
    }
    return { operations, fragments };
  }

  #operation(): Operation {
    if (this.#tokens.is('{')) return { name: undefined, defaults: new Map(), below: this.#selections() };
    if (!['query', 'mutation', 'subscription'].includes(this.#name())) throw new Unreadable();
    const name = this.#tokens.current.is === 'name' ? this.#name() : undefined;
    const defaults = this.#variables();
    return { name, defaults, below: this.#body() };
  }

  #variables(): ReadonlyMap<string, number> {
    const defaults = new Map<string, number>();
    if (!this.#tokens.takes('(')) return defaults;
    while (!this.#tokens.takes(')')) {
      this.#expect('$');
      const name = this.#name();
      this.#expect(':');
      this.#type();
      const value = this.#tokens.takes('=') ? this.#value() : undefined;
      if (value?.is === 'number') defaults.set(name, value.value);
      this.#directives();
    }
    return defaults;
  }

  #type(): void {
    this.#deeper(() => {
      if (this.#tokens.takes('[')) {
        this.#type();
        this.#expect(']');
      } else this.#name();
      this.#tokens.takes('!');
    });
  }

  /** What follows a name: directives, which change no cost, and selections. */
  #body(): readonly Selection[] {
    this.#directives();
    return this.#selections();
  }

  #selections(): readonly Selection[] {
    return this.#deeper(() => {
      this.#expect('{');
      const found: Selection[] = [];
      while (!this.#tokens.takes('}')) found.push(this.#tokens.takes('...') ? this.#fragment() : this.#field());
      return found;
    });
  }

  #fragment(): Selection {
    if (this.#tokens.current.is !== 'name') return { is: 'inline', below: this.#body() };
    const name = this.#name();
    if (name !== 'on') {
      this.#directives();
      return { is: 'spread', name };
    }
    this.#name();
    return { is: 'inline', below: this.#body() };
  }

  #field(): Selection {
    const first = this.#name();
    // What stands before a colon is what the answer calls it.
    const name = this.#tokens.takes(':') ? this.#name() : first;
    const sizes = this.#arguments();
    this.#directives();
    return { is: 'field', name, sizes, below: this.#tokens.is('{') ? this.#selections() : [] };
  }

  #arguments(): readonly Argument[] {
    const sizes: Argument[] = [];
    if (!this.#tokens.takes('(')) return sizes;
    while (!this.#tokens.takes(')')) {
      const name = this.#name();
      this.#expect(':');
      const value = this.#value();
      if (SIZES.has(name) && value !== undefined) sizes.push(value);
    }
    return sizes;
  }

  #directives(): void {
    while (this.#tokens.takes('@')) {
      this.#name();
      this.#arguments();
    }
  }

  #value(): Argument | undefined {
    return this.#deeper(() => {
      if (this.#tokens.takes('$')) return { is: 'variable', name: this.#name() };
      if (this.#tokens.takes('[')) return this.#until(']', () => void this.#value());
      if (this.#tokens.takes('{')) return this.#until('}', () => this.#member());
      const { is, text } = this.#tokens.take();
      if (is === 'number') return { is, value: Number(text) };
      if (is === 'name' || is === 'text') return undefined;
      throw new Unreadable();
    });
  }

  #member(): void {
    this.#name();
    this.#expect(':');
    this.#value();
  }

  #until(end: string, each: () => void): undefined {
    while (!this.#tokens.takes(end)) each();
  }

  #name(): string {
    const { is, text } = this.#tokens.take();
    if (is !== 'name') throw new Unreadable();
    return text;
  }

  #expect(text: string): void {
    if (!this.#tokens.takes(text)) throw new Unreadable();
  }

  #deeper<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable();
    const value = read();
    this.#depth--;
    return value;
  }
}
