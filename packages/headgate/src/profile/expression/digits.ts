/** Fewer digits stand for a number that a double keeps. */
const LONG = /\d{16}/;
const WHOLE = /^-?\d+$/;

/** Of objects and lists that a JSON text has: the digits of those members that are whole numbers of more than a double keeps. */
const digits = new WeakMap<object, Map<string, string>>();

/**
 * As `JSON.parse`. Of its values, ids and whatever else names something are told apart by all of their digits (docs/decisions/0428).
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (LONG.test(text)) {
    try {
      return JSON.parse(text, noting);
    } catch {
      // It is no JSON, or deeper than whoever notes can go.
    }
  }
  return JSON.parse(text);
}

/** `context` is unknown to platforms that keep no source. */
function noting(this: object, name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  if (Number.isSafeInteger(value) || !WHOLE.test(source)) return value;
  let known = digits.get(this);
  if (known === undefined) digits.set(this, (known = new Map<string, string>()));
  known.set(name, source);
  return value;
}

/** A member as what it names: itself, or its digits. */
export function named(owner: object, name: string, value: unknown): unknown {
  if (typeof value === 'number') return digits.get(owner)?.get(name) ?? value;
  const own = Array.isArray(value) ? digits.get(value) : undefined;
  return own === undefined ? value : (value as readonly unknown[]).map((one, i) => own.get(String(i)) ?? one); // a list, as seen
}
