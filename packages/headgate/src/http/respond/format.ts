import { datePattern } from './date-pattern.ts';

/** What a placeholder stands for, before a format says how it is written. */
export type Quantity = 'count' | 'duration' | 'instant' | 'text';
export type Written = string | number;
export type Format = (value: Written) => Written;

const LEAST = [1, 'ms', 'millisecond'] as const;
const SPANS: readonly (readonly [ms: number, short: string, word: string])[] = [
  [3_600_000, 'h', 'hour'],
  [60_000, 'm', 'minute'],
  [1000, 's', 'second'],
  LEAST,
];

/** Whole seconds, rounded up: a wait rounded down would invite a request that must be refused (RFC 9110 10.2.3 knows no fractions). */
export function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** `2026-04-11T14:00:00Z`: an instant in whole seconds, rounded up. */
export function iso(atMs: number): string {
  return new Date(seconds(atMs) * 1000).toISOString().replace('.000Z', 'Z');
}

/** `Sat, 11 Apr 2026 14:00:00 GMT` (RFC 9110 5.6.7), rounded up. */
export function httpDate(atMs: number): string {
  return new Date(seconds(atMs) * 1000).toUTCString();
}

const DURATIONS: ReadonlyMap<string, (ms: number) => Written> = new Map(
  Object.entries<(ms: number) => Written>({
    '': seconds,
    s: seconds,
    ms: (ms) => ms,
    min: (ms) => Math.ceil(ms / 60_000),
    duration: compound,
    short: (ms) => inLargest(ms, (count, [, short]) => `${count}${short}`),
    SHORT: (ms) => inLargest(ms, (count, [, short]) => `${count}${short.toUpperCase()}`),
    word: (ms) => inLargest(ms, (count, [, , word]) => (count === 1 ? word : `${count} ${word}s`)),
  }),
);

const INSTANTS: ReadonlyMap<string, (atMs: number) => Written> = new Map(
  Object.entries<(atMs: number) => Written>({
    '': seconds,
    epoch: seconds,
    epochMs: (atMs) => atMs,
    iso,
    http: httpDate,
  }),
);

/** How a quantity is written under a format's name; undefined when there is no such format for it. */
export function formatFor(quantity: Quantity, name: string): Format | undefined {
  if (name === 'text' || name === 'json') return asText(formatFor(quantity, ''), name);
  if (quantity === 'duration') return asNumber(DURATIONS.get(name) ?? decimals(name));
  if (quantity === 'instant') return asNumber(INSTANTS.get(name) ?? datePattern(name));
  // A hash is made of a text by whoever has the means.
  return name === '' || (quantity === 'text' && name === 'hash') ? (value) => value : undefined;
}

/** The usual form, as a text or as JSON. */
function asText(usual: Format | undefined, name: 'text' | 'json'): Format {
  return (value) => {
    const written = usual?.(value) ?? value;
    return name === 'text' ? String(written) : JSON.stringify(written);
  };
}

function asNumber(format: ((value: number) => Written) | undefined): Format | undefined {
  return format && ((value) => format(Number(value)));
}

/** `s.3`: seconds with three decimals, rounded up. */
function decimals(name: string): ((ms: number) => Written) | undefined {
  const digits = /^s\.([1-3])$/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const scale = 10 ** Number(digits);
  return (ms) => (Math.ceil((ms * scale) / 1000) / scale).toFixed(Number(digits));
}

/** `1h2m3s`, `6.5s`, `120ms`: the largest units first, none that is empty before the first. */
function compound(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const rest = (ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}

/** A span in the largest unit it is a whole number of. There is no day: 24 hours are not one. */
function inLargest(ms: number, write: (count: number, span: (typeof SPANS)[number]) => string): string {
  const span = SPANS.find(([unit]) => ms % unit === 0) ?? LEAST;
  return write(ms / span[0], span);
}
