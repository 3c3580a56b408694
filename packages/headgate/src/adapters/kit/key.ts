import { isAddress } from './address.ts';
import { nameOf, type Warn } from './warnings.ts';

/** Says who asks: any text or number that is the same for one caller, null for one who has no key. At once, since a request is judged at once. */
export type KeyFunction<Native> = (request: Native) => string | number | null | undefined;

/** Parts of a request that a caller writes as it likes, unless something before the limiter has proved them. */
export type Chosen = 'body' | 'cookies' | 'headers' | 'params' | 'query';

/** Where a key stands in the view of a request: no caller can send it, since the view answers for this name itself. */
export const KEY_FIELD = 'x-headgate-key';

/** Parts by their names, with the call that reads one of them; a session is what a server has kept, and is passed over. */
const READS =
  /\b(?:session|(?<part>body|cookies|headers|params|query))\b(?:\.get\s*\()?|\b(?<other>searchParams|querystring|getCookie|rawHeaders|headersDistinct|hostname|originalUrl|pathname)\b(?:\.get\s*\()?|(?<!\bURL\([\w.]*)\.(?<word>header|host|url|path)\b|\.(?<method>get|param)\s*\(/g;
const OTHERS: Readonly<Record<string, Chosen>> = {
  searchParams: 'query',
  querystring: 'query',
  getCookie: 'cookies',
  get: 'headers',
  header: 'headers',
  rawHeaders: 'headers',
  headersDistinct: 'headers',
  host: 'headers',
  hostname: 'headers',
  param: 'params',
  url: 'params',
  originalUrl: 'params',
  path: 'params',
  pathname: 'params',
};
/** How something that is not there, or is no text, is written as one. */
const BLANK = /\b(?:undefined|NaN)$|^null$|\[object \w+\]$/;
/** What an address is written with; most keys hold something else. */
const OF_ADDRESSES = /^[\da-f.:]+$/i;

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
    const { part, other, word, method } = groups;
    const name = other ?? word ?? (method === 'get' && isGetOwn ? undefined : method);
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
  try {
    return textIn(key(request), warn);
  } catch (error) {
    warn('WARN_ADAPTER_KEY_THREW', nameOf(error));
    return undefined;
  }
}

function textIn(said: unknown, warn: Warn): string | undefined {
  if (typeof said === 'string' && said !== '') return looked(said, warn);
  if (Number.isFinite(said)) return String(said);
  if (said === null) return undefined;
  if (isThenable(said)) {
    said.then(undefined, () => undefined); // nobody else listens to its failure
    warn('WARN_ADAPTER_KEY_PROMISE');
  } else warn('WARN_ADAPTER_KEY_NOTHING', said === '' ? 'an empty text' : Number.isNaN(said) ? 'NaN' : typeof said);
  return undefined;
}

/** It is the key all the same: a caller may be called so. */
function looked(said: string, warn: Warn): string {
  if (OF_ADDRESSES.test(said) && isAddress(said)) warn('WARN_ADAPTER_KEY_ADDRESS');
  else if (BLANK.test(said)) warn('WARN_ADAPTER_KEY_BLANK');
  return said;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
