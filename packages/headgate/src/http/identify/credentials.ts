import type { IdentitySource } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';

type Place = IdentitySource['places'][number];

/** What a source's places hold: nothing, one credential, or several that disagree. */
export type Shown = string | undefined | typeof CONFLICT;
export const CONFLICT: unique symbol = Symbol('conflicting credentials');

/**
 * Reads all places of one source. A caller that shows two different credentials is asking to be read differently by two
 * parsers, so it is refused whole (RFC 6750 3.1); the same credential shown twice is one.
 */
export function shown(view: RequestView, places: readonly Place[], search: string): Shown {
  let found: string | undefined;
  for (const place of places) {
    for (const value of valuesAt(view, place, search)) {
      if (found !== undefined && found !== value) return CONFLICT;
      found = value;
    }
  }
  return found;
}

function valuesAt(view: RequestView, place: Place, search: string): readonly string[] {
  const values = rawValuesAt(view, place, search);
  return place.prefix === '' ? values : values.filter((value) => value.startsWith(place.prefix));
}

function rawValuesAt(view: RequestView, place: Place, search: string): readonly string[] {
  switch (place.in) {
    case 'header':
      return view.headers(place.name).map((value) => value.trim());
    case 'bearer':
      return afterScheme(view, 'bearer');
    case 'basic':
      return afterScheme(view, 'basic').map(fromBasic);
    case 'cookie':
      return cookies(view, place.name);
    case 'query':
      return search === '' ? [] : new URLSearchParams(search).getAll(place.name);
    default:
      return place.in satisfies never;
  }
}

/**
 * What follows the scheme's name in every Authorization field; a bare scheme shows an empty credential. Any white space ends the
 * name, for many APIs read it so: a credential that they see and we do not could be spent under another key's limits.
 */
function afterScheme(view: RequestView, scheme: string): readonly string[] {
  const found: string[] = [];
  for (const value of view.headers('authorization')) {
    const text = value.trim();
    const space = text.search(/\s/);
    const name = space < 0 ? text : text.slice(0, space);
    if (name.toLowerCase() === scheme) found.push(space < 0 ? '' : text.slice(space).trim());
  }
  return found;
}

/** `user:password`, or the user alone when the password is empty, as keys are sent. Unreadable: empty, which no key is. */
function fromBasic(encoded: string): string {
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.endsWith(':') ? text.slice(0, -1) : text;
  } catch {
    return '';
  }
}

function cookies(view: RequestView, name: string): readonly string[] {
  const found: string[] = [];
  for (const field of view.headers('cookie')) {
    for (const pair of field.split(';')) {
      const equals = pair.indexOf('=');
      if (equals > 0 && pair.slice(0, equals).trim() === name) found.push(pair.slice(equals + 1).trim());
    }
  }
  return found;
}
