/*
 * Changes one value of a JSON text (RFC 8259) and leaves every other character as it is. Parsing and writing the whole anew would
 * round numbers of more digits than a double has, and lose members of one name. The text must be valid JSON.
 */

interface Span {
  readonly from: number;
  readonly to: number;
}

const INDEX = /^(?:0|[1-9]\d{0,8})$/;
const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^,\]}\s]+/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;

/**
 * Puts `value`, itself JSON, where a pointer's tokens lead (RFC 6901 4). What stands there is replaced; objects that are missing on the
 * way are made, and `-` appends to an array. Undefined when something that is no object or array stands in the way.
 */
export function putAt(text: string, tokens: readonly string[], value: string): string | undefined {
  let span: Span = { from: skip(text, 0), to: text.length };
  for (const [i, token] of tokens.entries()) {
    const below = tokens.slice(i + 1);
    if (text[span.from] === '{') {
      const found = memberOf(text, span.from, token);
      if (found === undefined) return insert(text, span.from, `${JSON.stringify(token)}:${wrapped(below, value)}`);
      span = found;
    } else if (text[span.from] === '[') {
      const elements = elementsOf(text, span.from);
      if (token === '-') return append(text, span.from, elements, wrapped(below, value));
      const found = INDEX.test(token) ? elements[Number(token)] : undefined;
      if (found === undefined) return undefined;
      span = found;
    } else return undefined;
  }
  return text.slice(0, span.from) + value + text.slice(span.to);
}

/** A value inside the parents that are still missing. */
function wrapped(tokens: readonly string[], value: string): string {
  return tokens.reduceRight(
    (inner, token) => (token === '-' ? `[${inner}]` : `{${JSON.stringify(token)}:${inner}}`),
    value,
  );
}

/** Writes a first member: the order of members means nothing. */
function insert(text: string, open: number, member: string): string {
  const isEmpty = text[skip(text, open + 1)] === '}';
  return `${text.slice(0, open + 1)}${member}${isEmpty ? '' : ','}${text.slice(open + 1)}`;
}

function append(text: string, open: number, elements: readonly Span[], value: string): string {
  const at = elements.at(-1)?.to ?? open + 1;
  return `${text.slice(0, at)}${elements.length === 0 ? '' : ','}${value}${text.slice(at)}`;
}

/** The value of a member: of several of one name the last, as most readers have it. */
function memberOf(text: string, open: number, name: string): Span | undefined {
  let found: Span | undefined;
  for (let at = skip(text, open + 1); text[at] === '"';) {
    const end = match(STRING, text, at);
    const from = skip(text, skip(text, end) + 1); // past the colon
    const to = valueEnd(text, from);
    if (JSON.parse(text.slice(at, end)) === name) found = { from, to };
    at = next(text, to);
  }
  return found;
}

function elementsOf(text: string, open: number): readonly Span[] {
  const elements: Span[] = [];
  for (let at = skip(text, open + 1); at < text.length && text[at] !== ']';) {
    const to = valueEnd(text, at);
    elements.push({ from: at, to });
    at = next(text, to);
  }
  return elements;
}

/** Where what comes after a value and its comma begins; the closing bracket when nothing does. */
function next(text: string, end: number): number {
  const at = skip(text, end);
  return text[at] === ',' ? skip(text, at + 1) : at;
}

/** The end of the value that begins here. Brackets are counted, not descended into: nesting costs no stack. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const char = text[at];
    if (char === '"') at = match(STRING, text, at);
    else if (char === '{' || char === '[') [depth, at] = [depth + 1, at + 1];
    else if (char === '}' || char === ']') [depth, at] = [depth - 1, at + 1];
    else if (char === ',' || char === ':') at++;
    else at = match(PLAIN, text, at);
    if (depth > 0) at = skip(text, at);
  } while (depth > 0 && at < text.length);
  return at;
}

function skip(text: string, at: number): number {
  return match(SPACE, text, at);
}

/** Where a match that begins here ends; at least one character on, so that no text holds us up. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  if (pattern.test(text)) return pattern.lastIndex;
  return pattern === SPACE ? at : at + 1;
}
