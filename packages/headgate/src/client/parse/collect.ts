/** `Headers`, a `Map`, pairs, Node's `IncomingHttpHeaders`, or axios's: whatever holds names and values. */
export type HeadersLike = Pick<Headers, 'forEach'> | Iterable<readonly [string, string]> | object;

/** Far more than any answer has; a hostile one is read so far and no further. */
const MAX_FIELDS = 256;
const MAX_CHARS = 2048;

/** Lower-case names to values; fields of one name are joined with commas (RFC 9110 5.3). */
export function collect(headers: unknown): Map<string, string> {
  const fields = new Map<string, string>();
  const add = (name: unknown, value: unknown): void => {
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (fields.size >= MAX_FIELDS || typeof name !== 'string' || text === undefined || text === null) return;
    if (typeof text !== 'string' && typeof text !== 'number') return;
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, `${before === undefined ? '' : `${before}, `}${text}`.slice(0, MAX_CHARS));
  };
  try {
    each(headers, add);
  } catch {
    // An object whose members throw tells nothing more.
  }
  return fields;
}

function each(headers: unknown, add: (name: unknown, value: unknown) => void): void {
  if (headers === null || typeof headers !== 'object') return;
  if (Array.isArray(headers)) for (const pair of headers.slice(0, MAX_FIELDS)) pairOf(pair, add);
  else if (isIndexed(headers)) headers.forEach((value, name) => add(name, value));
  else if (Symbol.iterator in headers) walk(headers, add);
  else for (const [name, value] of Object.entries(headers)) add(name, value);
}

const isIndexed = (headers: object): headers is { forEach(each: (value: unknown, name: unknown) => void): void } =>
  'forEach' in headers && typeof headers.forEach === 'function';

function walk(pairs: object, add: (name: unknown, value: unknown) => void): void {
  let left = MAX_FIELDS;
  // A cast: whatever an iterator that is none yields, `pairOf` looks at it.
  for (const pair of pairs as Iterable<unknown>) {
    if (left-- <= 0) return;
    pairOf(pair, add);
  }
}

function pairOf(pair: unknown, add: (name: unknown, value: unknown) => void): void {
  if (Array.isArray(pair)) add(pair[0], pair[1]);
}
