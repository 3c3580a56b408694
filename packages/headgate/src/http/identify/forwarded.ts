/*
 * RFC 7239 4: elements apart by commas, pairs apart by semicolons, values as tokens or in quotes. White space around either is
 * let pass, as it is with lists, and so are `:`, `[` and `]` outside of quotes, which some proxies write: neither makes another
 * reading. What is not of this form has none: a quote that a caller left open must not swallow what a proxy wrote behind it.
 */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/.source;
const QUOTED = /"((?:[^"\\\p{Cc}]|\\[^\p{Cc}])*)"/u.source;
const BARE = /([!#$%&'*+\-.^_`|~0-9A-Za-z:[\]]+)/.source;
const PAIR = new RegExp(`[ \\t]*(${TOKEN})=(?:${QUOTED}|${BARE})[ \\t]*`, 'uy');
const BLANK = /[ \t]*/y;

/** The `for` of each element of one field, in order; undefined where an element has none. Undefined when the field cannot be read. */
export function forwardedFor(field: string): readonly (string | undefined)[] | undefined {
  const hops: (string | undefined)[] = [];
  let at = 0;
  while (at <= field.length) {
    const element = readElement(field, at);
    if (element === undefined) return undefined;
    if (element.pairs > 0) hops.push(element.hop);
    at = element.end + 1;
  }
  return hops;
}

interface Element {
  readonly hop: string | undefined;
  readonly pairs: number;
  /** Where the comma stands, or the end. */
  readonly end: number;
}

/** Reads pairs up to a comma. A name twice in one element is against the grammar (section 4), and has two readings. */
function readElement(field: string, from: number): Element | undefined {
  const seen = new Set<string>();
  let hop: string | undefined;
  let at = from;
  for (;;) {
    const pair = matchAt(PAIR, field, at);
    if (pair !== undefined) {
      const [, name = '', quoted, token] = pair;
      if (seen.has(name.toLowerCase())) return undefined;
      seen.add(name.toLowerCase());
      if (name.toLowerCase() === 'for') hop = quoted?.replace(/\\(.)/gs, '$1') ?? token;
      at += pair[0].length;
    } else at += matchAt(BLANK, field, at)?.[0].length ?? 0;
    if (at >= field.length || field[at] === ',') return { hop, pairs: seen.size, end: at };
    if (field[at] !== ';') return undefined;
    at++;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
