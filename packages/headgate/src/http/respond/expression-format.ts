import { formatFor, type Written } from './format.ts';

/** The furthest instant that has a date (ECMA-262 21.4.1.1), in ms from the epoch, less the second that rounding may add. */
const MAX_TIME = 8.64e15 - 1000;

/**
 * How the value of an expression is written under a format's name: a number is seconds to a format of durations, and ms since the
 * epoch to one of instants. Undefined when there is no such format; the function's undefined says that the value does not fit it.
 */
export function expressionFormat(name: string): ((value: unknown) => Written | undefined) | undefined {
  if (name === '') return (value) => (typeof value === 'number' ? value : textOf(value));
  if (name === 'json') return jsonOf;
  if (name === 'text' || name === 'hash') return textOf;
  const duration = formatFor('duration', name);
  const format = duration ?? formatFor('instant', name);
  if (format === undefined) return undefined;
  const scale = duration === undefined ? 1 : 1000;
  return (value) =>
    typeof value === 'number' && Math.abs(value * scale) <= MAX_TIME ? format(Math.ceil(value * scale)) : undefined;
}

/** A text as it is; whatever else as JSON. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : jsonOf(value);
}

function jsonOf(value: unknown): string | undefined {
  return JSON.stringify(value);
}
