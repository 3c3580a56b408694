import { parseJson } from 'headgate/http';

type Fields = Readonly<Record<string, unknown>>;

/** Why a body cannot be carried out: told to whoever sent it. */
export class BadBody extends Error {}

/** @throws BadBody showing what was expected */
export function parse(text: string, example: string): unknown {
  try {
    return parseJson(text || '{}');
  } catch {
    throw new BadBody(`the body: expected JSON such as ${example}`);
  }
}

/** @throws BadBody naming what is no object */
export function objectOf(value: unknown, what: string): Fields {
  // Itself: what is known of its numbers is known of it alone.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadBody(`${what}: expected an object, got ${shown(value)}`);
}

/** @throws BadBody naming a member that nobody expects: it may be a mistyped one */
export function requireNone(others: Readonly<Record<string, unknown>>, expected: string): void {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new BadBody(`"${other.slice(0, 64)}": expected nothing but ${expected}`);
}

/** What stands within it is not shown: a few kilobytes of brackets are deeper than anybody can go. */
export function shown(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value);
  const shallow = (_: string, inner: unknown): unknown =>
    inner !== value && typeof inner === 'object' && inner !== null ? '…' : inner;
  return JSON.stringify(value, shallow).slice(0, 40);
}
