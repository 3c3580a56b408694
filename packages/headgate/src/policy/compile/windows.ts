import { readAmount } from '../read/amount.ts';
import { isList, type Plain } from '../source/source.ts';

const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** The shortest way to write a duration: 60000 is `1m`, 90000 is `90s`. */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** What the windows of a rate are called: its own name, or NAME.1s and NAME.2m when it has several. */
export function windowNames(name: string, rate: Plain | undefined): readonly string[] {
  if (!isList(rate)) return [name];
  return rate.map((amount: Plain, i) => `${name}.${windowName(amount) ?? i}`);
}

function windowName(amount: Plain): string | undefined {
  if (typeof amount !== 'string') return undefined;
  const read = readAmount(amount, 'rate');
  const ms = read.is === 'literal' || read.is === 'expression' ? read.windowMs : undefined;
  return ms === undefined ? undefined : durationText(ms);
}
