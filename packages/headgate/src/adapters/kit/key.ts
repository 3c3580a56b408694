import type { Warn } from './warnings.ts';

/** Says who asks: any text or number that is the same for one caller, null for one who has no key. At once, since a request is judged at once. */
export type KeyFunction<Native> = (request: Native) => string | number | null | undefined;

/** Parts of a request that a caller writes as it likes, unless something before the limiter has proved them. */
export type Chosen = 'body' | 'cookies' | 'headers' | 'params' | 'query';

/** Where a key stands in the view of a request: no caller can send it, since the view answers for this name itself. */
export const KEY_FIELD = 'x-headgate-key';

/** Parts by their names, with the call that reads one of them; a session is what a server has kept, and is passed over. */
const READS =
  /\b(?:session|(?<part>body|cookies|headers|params|query))\b(?:\.get\s*\()?|\b(?<other>searchParams|getCookie)\b(?:\.get\s*\()?|\.(?<method>get|header|param)\s*\(/g;
const OTHERS: Readonly<Record<string, Chosen>> = {
  searchParams: 'query',
  getCookie: 'cookies',
  get: 'headers',
  header: 'headers',
  param: 'params',
};

/**
 * What the text of a function reads of what callers may choose, and nobody declared. A guess: a function that calls another is not
 * seen through. It is only told, never acted upon.
 * @param isGetOwn whether this framework's `get` gives what the app has set, and not a field of the request
 */
export function undeclared(
  key: (...args: never[]) => unknown,
  declared: readonly Chosen[],
  isGetOwn = false,
): readonly Chosen[] {
  const found = new Set<Chosen>();
  for (const { groups = {} } of String(key).matchAll(READS)) {
    const { part, other, method } = groups;
    const name = other ?? (method === 'get' && isGetOwn ? undefined : method);
    const chosen = part ?? (name === undefined ? undefined : OTHERS[name]);
    if (chosen !== undefined) found.add(chosen as Chosen); // as the pattern says
  }
  return [...found].filter((one) => !declared.includes(one));
}

/**
 * The key of a request, written so that no two keys are alike, and none looks like an address. What the function cannot say is counted
 * on the address: never under one key for all, and never for nothing.
 */
export function keyOf<Native>(key: KeyFunction<Native>, request: Native, address: string, warn: Warn): string {
  const said = attempt(key, request, warn);
  return said === undefined
    ? `address:${encodeURIComponent(address)}`
    : `key:${encodeURIComponent(said.toWellFormed())}`;
}

function attempt<Native>(key: KeyFunction<Native>, request: Native, warn: Warn): string | undefined {
  let said: unknown;
  try {
    said = key(request);
  } catch (error) {
    warn('WARN_ADAPTER_KEY_THREW', String(error));
    return undefined;
  }
  if (typeof said === 'string' && said !== '') return said;
  if (Number.isFinite(said)) return String(said);
  if (said === null) return undefined;
  if (isThenable(said)) {
    said.then(undefined, () => undefined); // nobody else listens to its failure
    warn('WARN_ADAPTER_KEY_PROMISE');
  } else warn('WARN_ADAPTER_KEY_NOTHING', said === '' ? 'an empty text' : typeof said);
  return undefined;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
