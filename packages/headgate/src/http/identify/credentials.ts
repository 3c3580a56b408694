import type { CertificateField, IdentitySource } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';
import { cookies, queried, UNCLEAR, type Showing } from './showing.ts';

type Place = IdentitySource['places'][number];
type From = IdentitySource['from'];

/** What a source's places hold: nothing, one credential, or more than one reading of it. */
export type Shown = string | undefined | typeof CONFLICT;
export const CONFLICT: unique symbol = Symbol('conflicting credentials');

/** A comma separates values that were joined (RFC 9110 5.3), white space a scheme or a second token. */
const PLAIN = /^[\u0021-\u002b\u002d-\u007e]*$/;
/** Names that a proxy knows people by may have spaces, and bytes of UTF-8. */
const NAMED = /^[\u0020-\u002b\u002d-\u007e\u0080-\u00ff]*$/;
/** RFC 6750 2.1, and the letters that other makers of tokens use besides. */
const TOKEN = /^[\u0021\u0023-\u002b\u002d-\u007e]*$/;
/** Names in a certificate are Unicode, and what nobody sees has no place in them. */
const PRINTED = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads all places of one source. A caller that shows a credential twice, in two ways, or so that another parser could read another
 * one, is asking to be counted as somebody else than the API will serve: it is refused whole (RFC 6750 2, 3.1).
 */
export function shown(view: RequestView, places: readonly Place[], search: string, from: From = 'anyone'): Shown {
  let found: string | undefined;
  for (const place of places) {
    const showings = showingsAt(view, place, search, from);
    if (showings.length > 1 || showings[0] === UNCLEAR) return CONFLICT;
    const [showing] = showings;
    if (showing === undefined || !showing.startsWith(place.prefix)) continue;
    if (found !== undefined) return CONFLICT;
    found = showing;
  }
  return found;
}

function showingsAt(view: RequestView, place: Place, search: string, from: From): readonly Showing[] {
  switch (place.in) {
    case 'header':
      return cleared(view.headers(place.name), from);
    case 'bearer':
      return afterScheme(view, 'bearer').map(token);
    case 'basic':
      return afterScheme(view, 'basic').map((encoded) => (encoded.includes(',') ? UNCLEAR : fromBasic(encoded)));
    case 'cookie':
      return cookies(view.headers('cookie'), place.name);
    case 'query':
      return search === '' ? [] : queried(search, place.name);
    case 'certificate':
      return certified(view, place.name as CertificateField); // checked when the policy was read
    default:
      return place.in satisfies never;
  }
}

/** What nobody vouches for is a certificate that anybody can make: of those, only the fingerprint says who it is. */
function certified({ certificate }: RequestView, field: CertificateField): readonly Showing[] {
  if (certificate === undefined) return [];
  if (field !== 'fingerprint' && !certificate.isVerified) return [''];
  const values = certificate.values(field);
  return values.length === 0 ? [''] : values.map((value) => (PRINTED.test(value) ? value : UNCLEAR));
}

/** Most places show nothing, and the rest one value: what is made for a list is made for more. */
function cleared(values: readonly string[], from: From): readonly Showing[] {
  const [first] = values;
  if (first === undefined) return values;
  return values.length === 1 ? [clear(first, from)] : values.map((value) => clear(value, from));
}

function token(text: string): Showing {
  return TOKEN.test(text) ? text : UNCLEAR;
}

function clear(value: string, from: From): Showing {
  const bare = withoutSpace(value);
  return (from === 'proxy' ? NAMED : PLAIN).test(bare) ? bare : UNCLEAR;
}

/** Spaces and tabs around a value are not part of it (RFC 9110 5.5); most servers have taken them off already. */
function withoutSpace(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isSpace(value[start])) start++;
  while (end > start && isSpace(value[end - 1])) end--;
  return value.slice(start, end);
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}

/**
 * What follows the scheme's name; a bare scheme shows an empty credential. Any white space ends the name, for many APIs read it
 * so: a credential that they see and we do not could be spent under another key's limits. For the same reason a second
 * Authorization field, or a value in which the scheme comes later, shows one too many.
 */
function afterScheme(view: RequestView, scheme: 'bearer' | 'basic'): readonly string[] {
  const values = view.headers('authorization');
  if (values.length !== 1) return values;
  return values.flatMap((value) => {
    const text = value.trim();
    const space = text.search(/\s/);
    const name = space < 0 ? text : text.slice(0, space);
    if (name.toLowerCase() === scheme) return space < 0 ? '' : text.slice(space).trim();
    return JOINED[scheme].test(text) ? ',' : [];
  });
}

const JOINED = { bearer: /[\s,]bearer(?:\s|$)/i, basic: /[\s,]basic(?:\s|$)/i };

/** `user:password`, or the user alone when the password is empty, as keys are sent. Unreadable: empty, which no key is. */
function fromBasic(encoded: string): string {
  if (!BASE64.test(encoded)) return '';
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (/\p{Cc}/u.test(text)) return '';
    return text.endsWith(':') ? text.slice(0, -1) : text;
  } catch {
    return '';
  }
}
