import { parseJson } from '../../profile/index.ts';

/** How deep objects and lists may stand in one another: more than any request needs, and little enough for every reader. */
const MAX_DEPTH = 64;
const TEXT = new TextDecoder('utf-8', { fatal: true });

export type Read = { readonly is: 'json'; readonly value: unknown } | { readonly is: 'bad'; readonly why: string };

/**
 * The value that bytes are the JSON text of (RFC 8259, in UTF-8: 8.1). A name that stands twice in one object is refused: readers
 * disagree on which of the two counts (4), so that what was limited would not be what is done.
 */
export function readJson(bytes: Uint8Array): Read {
  let text: string;
  let value: unknown;
  try {
    text = TEXT.decode(bytes);
    value = parseJson(text);
  } catch {
    return { is: 'bad', why: 'it is not JSON in UTF-8' };
  }
  const why = problemIn(text);
  return why === undefined ? { is: 'json', value } : { is: 'bad', why };
}

/** What is wrong with a text that is JSON: its marks are looked at, and nothing between them. */
function problemIn(text: string): string | undefined {
  const marks = /["{}[\]]/g;
  const open: (Set<string> | undefined)[] = [];
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '{') open.push(new Set());
    else if (mark[0] === '[') open.push(undefined);
    else if (mark[0] !== '"') open.pop();
    else {
      marks.lastIndex = endOfText(text, mark.index);
      if (isTwice(text, mark.index, marks.lastIndex, open.at(-1))) return 'a name stands twice in one object';
    }
    if (open.length > MAX_DEPTH) return `it is more than ${MAX_DEPTH} deep`;
  }
  return undefined;
}

/** The index behind the quote that ends the text which begins at `from`. */
function endOfText(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at + 1;
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(text: string, quote: number): boolean {
  let at = quote;
  while (text[at - 1] === '\\') at--;
  return (quote - at) % 2 === 1;
}

const NAME_ENDS = /\s*:/y;

/** Whether the text is a name that `names` has already; it is noted there. */
function isTwice(text: string, from: number, until: number, names: Set<string> | undefined): boolean {
  if (names === undefined) return false;
  NAME_ENDS.lastIndex = until;
  if (!NAME_ENDS.test(text)) return false;
  const written = text.slice(from, until);
  // "a" and "\u0061" are one name.
  const name = written.includes('\\') ? String(JSON.parse(written)) : written.slice(1, -1);
  if (names.has(name)) return true;
  names.add(name);
  return false;
}
