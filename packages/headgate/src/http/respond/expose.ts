import type { Fields } from '../request.ts';

const EXPOSE = 'access-control-expose-headers';
/** Fields that a browser shows to scripts without being told to (Fetch, CORS-safelisted response-header names), or never. */
const NOT_LISTED: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
  'set-cookie',
]);

/**
 * Lets scripts of other origins read what we write. What the upstream exposes already, in lines that pass beside ours, is not named
 * again: a browser joins all lines of the field (Fetch, "get, decode, and split").
 */
export function exposeFields(fields: string[], upstream: Fields = []): void {
  const known = new Set(NOT_LISTED);
  for (const name of exposedBy(upstream)) known.add(name);
  const names: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? '';
    // The fields of CORS itself are for the browser.
    if (known.has(name.toLowerCase()) || /^access-control-/i.test(name)) continue;
    known.add(name.toLowerCase());
    names.push(name);
  }
  if (names.length > 0) fields.push('Access-Control-Expose-Headers', names.join(', '));
}

/** A `*` is no name here: with credentials it exposes nothing. */
function exposedBy(fields: Fields): readonly string[] {
  const names: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if (fields[i]?.toLowerCase() !== EXPOSE) continue;
    for (const name of (fields[i + 1] ?? '').split(',')) names.push(name.trim().toLowerCase());
  }
  return names;
}
