/** One member of a list: `120;w=60`, `"burst";r=50;t=30`, `limit=100`, `100:120`. */
export type Item = readonly [
  head: string,
  /** By lower-case name; quotes are taken off. */
  params: ReadonlyMap<string, string>,
];

/** What stands between separators that are in no quotes. */
const split = (text: string, parts: RegExp): string[] =>
  (text.match(parts) ?? []).map((part) => part.trim()).filter((part) => part !== '');

export const unquoted = (text: string): string =>
  /^".*"$/.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;

/**
 * Reads any list that fields of limits hold. It is looser than RFC 9651, since most of them are older: Zendesk writes a
 * dictionary with semicolons, Riot pairs with colons.
 */
export function itemsOf(value: string): Item[] {
  // A date holds a comma and is one value.
  if (/^[a-z]{3,9}, \d\d[ -]/i.test(value)) return [[value, new Map()]];
  return split(value, /(?:"(?:\\.|[^"\\])*"|[^,])+/g).map((text) => {
    const [head = '', ...rest] = split(text, /(?:"(?:\\.|[^"\\])*"|[^;])+/g);
    return [head, new Map(rest.map((param) => member(param)))];
  });
}

/** `w=60` → `w` and `60`; a bare name holds nothing. */
export function member(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return at < 0
    ? [text.toLowerCase(), '']
    : [text.slice(0, at).trim().toLowerCase(), unquoted(text.slice(at + 1).trim())];
}
