/*
 * Structured field values (RFC 9651). Where the algorithms fail on a value (section 4.1), we write the nearest that can be
 * written: a response must not be lost to a name in it.
 */

/** A whole number is written as an Integer (3.3.1); what is to be a Decimal (3.3.2) or a Token (3.3.4) says so. */
export type BareItem =
  | boolean
  | number
  | string
  | Uint8Array
  | { readonly decimal: number }
  | { readonly token: string };

/** Of 15 digits (3.3.1). */
export const MAX_INTEGER = 999_999_999_999_999;
/** Of 12 digits before the point (3.3.2). */
const MAX_DECIMAL = 999_999_999_999.999;
/** Every receiver takes Strings up to this length (3.3.3). */
const MAX_STRING = 1024;
const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/;

/** Serialises a bare item (RFC 9651 4.1.3.1). */
export function bareItem(value: BareItem): string {
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'string') return sfString(value);
  if (typeof value === 'boolean') return value ? '?1' : '?0';
  if (value instanceof Uint8Array) return `:${Buffer.from(value).toString('base64')}:`;
  return 'decimal' in value ? decimal(value.decimal) : token(value.token);
}

/** A parameter with its semicolon (4.1.1.2). `true` is the value of one that has none. */
export function parameter(key: string, value: BareItem): string {
  return value === true ? `;${key}` : `;${key}=${bareItem(value)}`;
}

/** A member of a dictionary, without parameters (4.1.2). */
export function member(key: string, value: BareItem): string {
  return value === true ? key : `${key}=${bareItem(value)}`;
}

/** Members of a list or a dictionary (4.1.1, 4.1.2). */
export function members(written: readonly string[]): string {
  return written.join(', ');
}

/** The nearest whole number of at most 15 digits, toward 0: more is never told than there is (4.1.4). */
export function integer(value: number): string {
  return String(wholeNumber(value));
}

/** The same as a number. */
export function wholeNumber(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_INTEGER) return value;
  return Math.max(-MAX_INTEGER, Math.min(MAX_INTEGER, Math.trunc(value) || 0));
}

/** Printable ASCII in quotes, `"` and `\` escaped (4.1.6); what is not, is `?`. */
export function sfString(text: string): string {
  const shown = text.slice(0, MAX_STRING).replace(/[^\u0020-\u007e]/g, '?');
  return `"${shown.replace(/["\\]/g, '\\$&')}"`;
}

/** Three digits after the point at most, rounded to the nearest, a half to the even digit (4.1.5). */
function decimal(value: number): string {
  const bounded = Math.max(-MAX_DECIMAL, Math.min(MAX_DECIMAL, value));
  const [whole = '', fraction = ''] = thousandths(bounded).split('.');
  return `${whole}.${fraction.replace(/0+$/, '') || '0'}`;
}

function thousandths(value: number): string {
  // toFixed rounds by the binary value; a half that was written as one is found by its own digits.
  const [, digits = ''] = /^-?\d+\.\d{2}(\d)5$/.exec(String(value)) ?? [];
  if (digits === '') return value.toFixed(3);
  const even = Number(digits) % 2 === 0;
  return even ? String(value).slice(0, -1) : (value + Math.sign(value) * 0.0001).toFixed(3);
}

function token(text: string): string {
  return TOKEN.test(text) ? text : sfString(text);
}
