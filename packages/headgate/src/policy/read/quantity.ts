import { gcd, parseDuration } from '../../core/index.ts';

/** A number with a unit, counted in the unit's whole base: `1.5MB` is 1,500,000 bytes. */
export interface Quantity {
  /** `units / divisor`, in lowest terms; both safe integers. */
  readonly units: number;
  readonly divisor: number;
  /** What the base unit is called: `bytes`, `ms`, a currency; undefined for plain numbers. */
  readonly unit: string | undefined;
}

const DECIMAL: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['k', 1000n],
  ['M', 1_000_000n],
]);
const BYTES: ReadonlyMap<string, bigint> = new Map([
  ['B', 1n],
  ['kB', 10n ** 3n],
  ['KB', 10n ** 3n],
  ['MB', 10n ** 6n],
  ['GB', 10n ** 9n],
  ['TB', 10n ** 12n],
  ['KiB', 2n ** 10n],
  ['MiB', 2n ** 20n],
  ['GiB', 2n ** 30n],
  ['TiB', 2n ** 40n],
]);
const TIMES: readonly string[] = ['ms', 's', 'm', 'h'];
/** More digits than any exact amount has. */
const MAX_DIGITS = 24;

const WRITTEN = /^(\d+)(?:\.(\d+))?\s*([A-Za-z]*)$/;

/** Reads `100`, `2.5M`, `25MB`, `90s` exactly; text that says why when it cannot. */
export function readQuantity(text: string): Quantity | string {
  const match = WRITTEN.exec(text.trim());
  if (match === null) return 'expected a number, with a unit or without: 100, 2.5k, 25MB';
  const [, whole = '', fraction = '', suffix = ''] = match;
  const scale = scaleOf(suffix);
  if (scale === undefined)
    return `there is no unit "${suffix}"; there are k, M, ${[...BYTES.keys(), ...TIMES].join(', ')}`;
  if (whole.length + fraction.length > MAX_DIGITS) return 'expected an amount up to 2^53 - 1';
  return exact(BigInt(whole + fraction) * scale.factor, 10n ** BigInt(fraction.length), scale.unit);
}

/** A figure in a currency, such as `$20` or `5 EUR`, and what follows it. */
export interface Money {
  readonly currency: string;
  /** The same figure without its currency. */
  readonly text: string;
}

const MONEY: readonly RegExp[] = [
  /^(?<sign>\$)\s*(?<figure>\d.*)$/,
  /^(?<figure>\d+(?:\.\d+)?)\s+(?<sign>[A-Z]{3})(?<rest>$|[\s/].*)/,
];

/** Reads an amount of money apart; undefined when it is none. A dollar sign means US dollars. */
export function readMoney(text: string): Money | undefined {
  for (const form of MONEY) {
    const { sign, figure = '', rest = '' } = form.exec(text.trim())?.groups ?? {};
    if (sign !== undefined) return { currency: sign === '$' ? 'USD' : sign, text: figure + rest.trim() };
  }
  return undefined;
}

/** The same figure counted in units of 10 to the power of minus `precision`; text that says why when it cannot be. */
export function scaledBy(quantity: Quantity, precision: number): Quantity | string {
  return precision === 0
    ? quantity
    : exact(BigInt(quantity.units) * 10n ** BigInt(precision), BigInt(quantity.divisor), quantity.unit);
}

function scaleOf(suffix: string): { factor: bigint; unit: Quantity['unit'] } | undefined {
  const decimal = DECIMAL.get(suffix);
  if (decimal !== undefined) return { factor: decimal, unit: undefined };
  const bytes = BYTES.get(suffix);
  if (bytes !== undefined) return { factor: bytes, unit: 'bytes' };
  const ms = TIMES.includes(suffix) ? parseDuration(`1${suffix}`) : undefined;
  return ms === undefined ? undefined : { factor: BigInt(ms), unit: 'ms' };
}

function exact(units: bigint, divisor: bigint, unit: Quantity['unit']): Quantity | string {
  const common = commonOf(units, divisor);
  const [top, bottom] = [units / common, divisor / common];
  if (top > BigInt(Number.MAX_SAFE_INTEGER)) return 'expected an amount up to 2^53 - 1';
  return { units: Number(top), divisor: Number(bottom), unit };
}

function commonOf(a: bigint, b: bigint): bigint {
  if (a <= BigInt(Number.MAX_SAFE_INTEGER) && b <= BigInt(Number.MAX_SAFE_INTEGER))
    return BigInt(gcd(Number(a), Number(b)) || 1);
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
