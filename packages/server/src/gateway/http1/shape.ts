/** Names that say how a request goes on after its head: where one of them stands, its values are to be looked at. */
const FRAMING: readonly string[] = ['content-length', 'transfer-encoding', 'expect'];
/** What is kept of one request for the next one on its connection. */
const [MAX_NAMES, MAX_CHARS] = [32, 1024];

/**
 * What the names of a request's fields tell without their values. Callers send the same names in the same order again and again: a
 * connection keeps what was worked out for its last request. No value is kept.
 */
export class Shape {
  /** In lower case. */
  readonly names: readonly string[];
  /** As they were sent. */
  spelt: readonly string[];
  #isRepeated = false;
  /** The place of the only `Host` in a request that ends with its head; -1 where more has to be looked at. */
  readonly plainHostAt: number;

  constructor(raw: readonly string[]) {
    this.spelt = raw.filter((_, i) => i % 2 === 0);
    this.names = this.spelt.map((name) => name.toLowerCase());
    this.plainHostAt = plainHostAt(this.names);
  }

  /** Whether these fields, `[name, value, …]`, have the same names, spelled alike and in the same order. */
  fits(raw: readonly string[]): boolean {
    const sent = this.spelt;
    if (raw.length !== 2 * sent.length) return false;
    for (let i = 0; i < sent.length; i++) if (raw[2 * i] !== sent[i]) return false;
    return true;
  }

  /** The same once more: whoever looks its names up will do so again and again. */
  again(): this {
    if (!this.#isRepeated) this.spelt = this.spelt.map(asKey);
    this.#isRepeated = true;
    return this;
  }

  get isKept(): boolean {
    const { names } = this;
    return names.length <= MAX_NAMES && names.reduce((sum, { length }) => sum + length, 0) <= MAX_CHARS;
  }
}

function plainHostAt(names: readonly string[]): number {
  const at = names.indexOf('host');
  return names.lastIndexOf('host') === at && !FRAMING.some((name) => names.includes(name)) ? at : -1;
}

/** The same text, as V8 keeps the names of members: one that it keeps otherwise it searches for at each look-up, undici's among them. */
function asKey(name: string): string {
  return Object.keys({ [name]: true })[0] ?? name;
}
