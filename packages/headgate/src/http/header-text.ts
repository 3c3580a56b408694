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
