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
  /** The place of the only `Host` in a request that ends with its head; -1 where more has to be looked at. */
  readonly plainHostAt: number;
  readonly #sent: readonly string[];

  constructor(raw: readonly string[]) {
    this.#sent = raw.filter((_, i) => i % 2 === 0);
    this.names = this.#sent.map((name) => name.toLowerCase());
    this.plainHostAt = plainHostAt(this.names);
  }

  /** Whether these fields, `[name, value, …]`, have the same names, spelled alike and in the same order. */
  fits(raw: readonly string[]): boolean {
    const sent = this.#sent;
    if (raw.length !== 2 * sent.length) return false;
    for (let i = 0; i < sent.length; i++) if (raw[2 * i] !== sent[i]) return false;
    return true;
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
