import { didYouMean } from '../nearest.ts';

/** What a placeholder stands for, and so how it may be written. */
type Quantity = 'count' | 'duration' | 'instant' | 'text';

const PLACEHOLDERS: ReadonlyMap<string, Quantity> = new Map([
  ['limit', 'count'],
  ['burst', 'count'],
  ['used', 'count'],
  ['remaining', 'count'],
  ['percent', 'count'],
  ['cost', 'count'],
  ['retryAfter', 'duration'],
  ['resetIn', 'duration'],
  ['window', 'duration'],
  ['delay', 'duration'],
  ['retryAt', 'instant'],
  ['nextAt', 'instant'],
  ['resetAt', 'instant'],
  ['name', 'text'],
  ['label', 'text'],
  ['unit', 'text'],
  ['period', 'text'],
  ['bucket', 'text'],
  ['plan', 'text'],
  ['operation', 'text'],
  ['reason', 'text'],
  ['reported', 'text'],
  ['request.id', 'text'],
]);

export const PLACEHOLDER_NAMES: readonly string[] = [...PLACEHOLDERS.keys()];

/** Formats of every quantity, before its own. */
const COMMON = ['text', 'json'];
const OWN: Readonly<Record<Quantity, readonly string[]>> = {
  count: [],
  duration: ['s', 's.1', 's.2', 's.3', 'ms', 'min', 'duration', 'short', 'SHORT', 'word'],
  instant: ['epoch', 'epochMs', 'iso', 'http'],
  text: ['hash'],
};
/** A date in a pattern of the policy's own: in quotes, and what stands between apostrophes is itself. */
const PATTERN = /^(["'])([^"{}\r\n]{1,64})\1$/;
/** Its parts, over UTC, with what the reference says of each. */
export const DATE_PARTS: readonly (readonly [part: string, says: string])[] = [
  ['yyyy', 'year'],
  ['MMMM', 'April'],
  ['MMM', 'Apr'],
  ['MM', '04'],
  ['M', '4'],
  ['dd', '07'],
  ['d', '7'],
  ['EEEE', 'Saturday'],
  ['EEE', 'Sat'],
  ['HH', '09'],
  ['H', '9'],
  ['mm', 'minutes, 00 to 59'],
  ['ss', 'seconds, 00 to 59'],
];
const PARTS = new RegExp(`'[^']*'|${DATE_PARTS.map(([part]) => part).join('|')}`, 'g');

/** What the formats of a placeholder are; undefined when there is no such placeholder. */
export function formatsOf(name: string): readonly string[] | undefined {
  const quantity = PLACEHOLDERS.get(name);
  return quantity && [...COMMON, ...OWN[quantity]];
}

/** What is wrong with a format of this placeholder; undefined when nothing is. */
export function formatProblem(name: string, format: string): string | undefined {
  const formats = formatsOf(name) ?? [];
  if (formats.includes(format)) return undefined;
  if (PLACEHOLDERS.get(name) === 'instant' && isQuoted(format)) return patternProblem(format);
  return `"${name}" has no format "${format}"${didYouMean(format, formats)}; it has ${formats.join(', ')}`;
}

/** Formats that an expression's value may be written in: any, since only the value tells what it is. */
const EXPRESSION_FORMATS: readonly string[] = [...new Set([...COMMON, ...Object.values(OWN).flat()])];

/** What is wrong with the format of an expression; undefined when nothing is. */
export function expressionFormatProblem(format: string): string | undefined {
  if (EXPRESSION_FORMATS.includes(format)) return undefined;
  if (isQuoted(format)) return patternProblem(format);
  return `there is no format "${format}"${didYouMean(format, EXPRESSION_FORMATS)}; there are ${EXPRESSION_FORMATS.join(', ')}`;
}

function isQuoted(format: string): boolean {
  return format.startsWith('"') || format.startsWith("'");
}

/** A letter that stands for nothing would be printed as it is, which nobody means who writes it. */
function patternProblem(format: string): string | undefined {
  const pattern = PATTERN.exec(format)?.[2];
  if (pattern === undefined) return 'expected a date pattern in quotes, of 1 to 64 characters, without braces';
  const stray = /[A-Za-z]/.exec(pattern.replaceAll(PARTS, ''))?.[0];
  if (stray === undefined) return undefined;
  const parts = DATE_PARTS.map(([part]) => part).join(' ');
  return `the date pattern has no letter "${stray}"; there are ${parts}, and text between apostrophes: 'T'`;
}
