/** `Headers`, a `Map`, pairs, Node's `IncomingHttpHeaders`, or axios's: whatever holds names and values. */
export type HeadersLike = Iterable<readonly [string, string]> | object;

/** Far more than any answer has; a hostile one is read so far and no further. */
const MAX_FIELDS = 256;
const MAX_CHARS = 2048;

/** Lower-case names to values; fields of one name are joined with commas (RFC 9110 5.3). */
export function collect(headers: HeadersLike): Map<string, string> {
  const fields = new Map<string, string>();
  let left = MAX_FIELDS;
  try {
    // A cast: what an iterator of something else yields is looked at, and a throw is caught.
    const pairs = (Symbol.iterator in headers ? headers : Object.entries(headers)) as Iterable<
      [unknown, string | string[]]
    >;
    for (const [name, value] of pairs) {
      if (left-- <= 0) break;
      if (typeof name === 'string' && value !== undefined) add(fields, name.toLowerCase(), [value].flat().join());
    }
  } catch {
    // What is no object, or one whose members throw, tells nothing more.
  }
  return fields;
}

function add(fields: Map<string, string>, name: string, value: string): void {
  const before = fields.get(name);
  fields.set(name, (before === undefined ? value : `${before},${value}`).slice(0, MAX_CHARS));
}
