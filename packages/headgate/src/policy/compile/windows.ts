import { readAmount } from '../read/amount.ts';
import { MONEY_PRECISION } from './money.ts';
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

/** What the windows of a limit are called: its own name, or NAME.1s and NAME.2m, NAME.day and NAME.month when it has several. */
export function windowNames(
  name: string,
  amounts: Plain | undefined,
  schedules: ReadonlySet<string>,
): readonly string[] {
  if (!isList(amounts)) return [name];
  return amounts.map((amount: Plain, i) => `${name}.${windowName(amount) ?? periodName(amount, schedules) ?? i}`);
}

function windowName(amount: Plain): string | undefined {
  if (typeof amount !== 'string') return undefined;
  const read = readAmount(amount, 'rate', { precision: MONEY_PRECISION });
  const ms = read.is === 'literal' || read.is === 'expression' ? read.windowMs : undefined;
  return ms === undefined ? undefined : durationText(ms);
}

function periodName(amount: Plain, schedules: ReadonlySet<string>): string | undefined {
  if (typeof amount !== 'string') return undefined;
  const read = readAmount(amount, 'quota', { precision: MONEY_PRECISION, schedules });
  return read.is === 'literal' || read.is === 'expression' ? read.period : undefined;
}
