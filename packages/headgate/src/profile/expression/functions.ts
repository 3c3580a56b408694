import { registeredDomain } from './domain.ts';
import { estimateTokens } from './estimate.ts';
import { graphqlCost } from './graphql/cost.ts';
import { instantOf } from './instant.ts';
import { network } from './network.ts';
import { host, lookup } from './outside.ts';
import { FAILED, type Scope } from './scope.ts';
import { stated } from './stated.ts';
import { textSegments } from './segments.ts';
import { checkedNumber, isList, isMap, MAX_LIST, MAX_TEXT, spendText } from './values.ts';

/** A function of values: strict, so a failing argument never reaches it. */
export type Apply = (args: readonly unknown[], scope: Scope) => unknown;

const DAY_MS = 86_400_000;

function ofTexts(apply: (texts: readonly string[], scope: Scope) => unknown): Apply {
  return (args, scope) => {
    let length = 0;
    for (const arg of args) {
      if (typeof arg !== 'string') return FAILED;
      length += arg.length;
    }
    return spendText(scope, length) ? apply(args as readonly string[], scope) : FAILED; // each was just seen to be text
  };
}

/** Searching may compare every character of one text with every one of the other. */
function ofSearch(apply: (text: string, sought: string) => unknown): Apply {
  return ofTexts(([text = '', sought = ''], scope) =>
    spendText(scope, (text.length * sought.length) / 64) ? apply(text, sought) : FAILED,
  );
}

function ofNumbers(apply: (numbers: readonly number[]) => unknown): Apply {
  return (args, scope) => {
    const numbers = args.length === 1 && isList(args[0]) ? args[0] : args;
    if (!scope.spend(numbers.length)) return FAILED;
    return numbers.every((value) => typeof value === 'number') ? apply(numbers) : FAILED;
  };
}

function extreme(pick: (...numbers: number[]) => number): Apply {
  return ofNumbers((numbers) => (numbers.length === 0 ? FAILED : pick(...numbers)));
}

function rounded(round: (value: number) => number): Apply {
  return ([value]) => (typeof value === 'number' ? checkedNumber(round(value), true) : FAILED);
}

function sum(numbers: readonly number[]): unknown {
  const total = numbers.reduce((a, b) => a + b, 0);
  return checkedNumber(total, numbers.every(Number.isSafeInteger));
}

function clamp(args: readonly unknown[]): unknown {
  const [value, low, high] = args;
  if (typeof value !== 'number' || typeof low !== 'number' || typeof high !== 'number' || low > high) return FAILED;
  return Math.min(high, Math.max(low, value));
}

/** Characters of a text as CEL counts them (code points), elements of a list, keys of a map. */
function size([value]: readonly unknown[], scope: Scope): unknown {
  if (typeof value === 'string') return spendText(scope, value.length) ? codePoints(value) : FAILED;
  if (isList(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : FAILED;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function int([value]: readonly unknown[]): unknown {
  if (typeof value === 'number') return checkedNumber(Math.trunc(value), true);
  return typeof value === 'string' && /^[+-]?\d{1,16}$/.test(value) ? checkedNumber(Number(value), true) : FAILED;
}

function double([value]: readonly unknown[]): unknown {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^[+-]?(\d{1,300}\.?\d{0,300}|\.\d{1,300})([eE][+-]?\d{1,3})?$/.test(value))
    return FAILED;
  return checkedNumber(Number(value), false);
}

function string([value]: readonly unknown[]): unknown {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : FAILED;
}

/** Whole days from `b` to `a`, each an instant in ms or a date in ISO 8601; before a day is over it does not count. */
function days([a, b]: readonly unknown[]): unknown {
  const [to, from] = [instantOf(a), instantOf(b)];
  return to === undefined || from === undefined ? FAILED : checkedNumber(Math.floor((to - from) / DAY_MS), true);
}

/** Texts without regard to case, order or repetition: the same set is the same partition. */
function set([value]: readonly unknown[], scope: Scope): unknown {
  if (!isList(value) || value.length > MAX_LIST || !scope.spend(value.length)) return FAILED;
  const folded = new Set<string>();
  for (const element of value) {
    const text = string([element]);
    if (typeof text !== 'string' || !spendText(scope, text.length)) return FAILED;
    folded.add(text.toLowerCase());
  }
  return [...folded].toSorted();
}

function substring([text, from, until]: readonly unknown[]): unknown {
  if (typeof text !== 'string' || typeof from !== 'number') return FAILED;
  const end = until ?? text.length;
  if (!Number.isInteger(from) || typeof end !== 'number' || !Number.isInteger(end)) return FAILED;
  return from >= 0 && from <= end && end <= text.length ? text.slice(from, end) : FAILED;
}

function join([list, separator = '']: readonly unknown[], scope: Scope): unknown {
  if (!isList(list) || typeof separator !== 'string' || !list.every((part) => typeof part === 'string')) return FAILED;
  const length = list.reduce((total, part) => total + part.length + separator.length, 0);
  return length <= MAX_TEXT && spendText(scope, length) ? list.join(separator) : FAILED;
}

function split(text: string, separator: string): unknown {
  const parts = text.split(separator, MAX_LIST + 1);
  return parts.length > MAX_LIST ? FAILED : parts;
}

export const FUNCTIONS: ReadonlyMap<string, Apply> = new Map<string, Apply>([
  ['startsWith', ofTexts(([text = '', start = '']) => text.startsWith(start))],
  ['endsWith', ofTexts(([text = '', end = '']) => text.endsWith(end))],
  ['contains', ofSearch((text, sought) => text.includes(sought))],
  ['indexOf', ofSearch((text, sought) => text.indexOf(sought))],
  ['split', ofSearch(split)],
  ['lowerAscii', ofTexts(([text = '']) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()))],
  ['upperAscii', ofTexts(([text = '']) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()))],
  ['trim', ofTexts(([text = '']) => text.trim())],
  ['substring', substring],
  ['join', join],
  ['size', size],
  ['int', int],
  ['double', double],
  ['string', string],
  ['stated', stated],
  ['min', extreme(Math.min)],
  ['max', extreme(Math.max)],
  ['clamp', clamp],
  ['floor', rounded(Math.floor)],
  ['ceil', rounded(Math.ceil)],
  ['sum', ofNumbers(sum)],
  ['days', days],
  ['set', set],
  ['lookup', lookup],
  ['graphql.cost', graphqlCost],
  ['host', host],
  ['estimate.tokens', estimateTokens],
  ['text.segments', textSegments],
  ['domain.registered', registeredDomain],
  ['network', ([address, v4, v6]) => network(address, v4, v6) ?? FAILED],
]);
