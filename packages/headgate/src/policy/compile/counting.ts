import type { Path } from '../problem.ts';
import { readMoney } from '../read/quantity.ts';
import type { LimitInput } from '../schema/limits.ts';
import type { Context } from './context.ts';
import type { Meter, Meters } from './meters.ts';
import { isCurrency, MONEY_PRECISION } from './money.ts';

/** What a limit counts, and how finely. */
export interface Counting {
  readonly precision: number;
  /** A currency, or what the meter counts. */
  readonly unit: string | undefined;
  readonly meter: Meter | undefined;
  readonly isMoney: boolean;
}

/** A limit counts what its meter does, else money where it is written in money, else whole units. */
export function countingOf(context: Context, given: LimitInput, meters: Meters, path: Path): Counting {
  const currencies = new Set(textsIn([given.rate, given.quota, given.level]).flatMap((text) => currencyIn(text) ?? []));
  const named = given.cost ?? given.of;
  const meter = typeof named === 'string' ? meters.get(named.trim()) : undefined;
  const said = meter?.unit ?? given.unit;
  if (isCurrency(said)) currencies.add(said ?? '');
  if (currencies.size > 1) {
    const rule = `counts one currency, and is written in ${[...currencies].join(' and ')}`;
    context.problems.error('ERR_POLICY_AMOUNT', path, rule, { value: null, onName: true });
  }
  const [currency] = currencies;
  const isMoney = currency !== undefined;
  return { precision: meter?.precision ?? (isMoney ? MONEY_PRECISION : 0), unit: said ?? currency, meter, isMoney };
}

function currencyIn(text: string): string | undefined {
  const inside = /^custom\s*\((.*)\)$/.exec(text.trim())?.[1] ?? text;
  return readMoney(inside)?.currency;
}

/** Every text in a figure, however it is chosen. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
