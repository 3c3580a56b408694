import { isAddress } from './address.ts';
import { nameOf, type Warn } from './warnings.ts';

/** Says who asks: any text or number that is the same for one caller, null for one who has no key. At once, since a request is judged at once. */
export type KeyFunction<Native> = (request: Native) => string | number | null | undefined;

/** Parts of a request that a caller writes as it likes, unless something before the limiter has proved them. */
export type Chosen = 'body' | 'cookies' | 'headers' | 'params' | 'query';

/** Where a key stands in the view of a request: no caller can send it, since the view answers for this name itself. */
export const KEY_FIELD = 'x-headgate-key';

/** Where one of these is asked for something by name, it is asked by its own; a session is what a server has kept, and is passed over. */
const ASKED = /\b(session|cookies|headers|params|query|searchParams|getCookie)\.get\s*\(/g;
const READS: Readonly<Record<Chosen, RegExp>> = {
  body: /\bbody\b/,
  cookies: /\b(?:cookies|getCookie)\b/,
  headers: /\b(?:headers|rawHeaders|headersDistinct|hostname)\b|\.(?:header|host)\b|\.get\s*\(/,
  params: /\b(?:params|originalUrl|pathname)\b|\.(?:param|path)\b|(?<!\bURL\([\w.]*)\.url\b/,
  query: /\b(?:query|querystring|searchParams)\b/,
};
/** How something that is not there, or is no text, is written as one. */
const BLANK = /\b(?:undefined|NaN)$|^null$|\[object \w+\]$/;

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
  const text = String(key)
    .replace(ASKED, '$1')
    .replace(isGetOwn ? /\.get\b/g : '', '');
  const parts = Object.keys(READS) as Chosen[]; // as it is typed
  return parts.filter((part) => READS[part].test(text) && !declared.includes(part));
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
  if (isAddress(said)) warn('WARN_ADAPTER_KEY_ADDRESS');
  else if (BLANK.test(said)) warn('WARN_ADAPTER_KEY_BLANK');
  return said;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
