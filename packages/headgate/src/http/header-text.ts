import type { Fields } from './request.ts';

const NOT_IN_VALUE = /[^\t\u0020-\u007e\u0080-\u00ff]/g;
const NOT_IN_NAME = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g;

/**
 * Text as a field value may carry it (RFC 9110 5.5): a line break or any other control becomes a space, so
 * that nothing a caller sent can begin a field of its own; what is not Latin-1 becomes `?`.
 */
export function fieldValue(text: string): string {
  return text.replace(NOT_IN_VALUE, (char) => (char < ' ' || char === '\u007f' ? ' ' : '?')).trim();
}

/** Text as a field name (RFC 9110 5.1): anything but a token character becomes `-`. */
export function fieldName(text: string): string {
  return text.replace(NOT_IN_NAME, '-');
}

/** A structured-field string (RFC 9651 3.3.3): printable ASCII in quotes, `"` and `\` escaped. */
export function quoted(text: string): string {
  return `"${text.replace(/[^\u0020-\u007e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}

/** By lower-case name; a name that came twice reads as all its values joined (RFC 9110 5.3), so that it never equals the one that a rule expects. */
export function headersOf(fields: Fields): Readonly<Record<string, string>> {
  // No prototype: callers and APIs choose the names.
  const headers = Object.create(null) as Record<string, string>;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = (fields[i] ?? '').toLowerCase();
    const [before, value = ''] = [headers[name], fields[i + 1]];
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}
