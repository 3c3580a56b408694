import type { Check } from '../../../core/index.ts';
import type { FastCheck } from './layout.ts';

/*
 * How scripts judge and charge one check: what core/counters do, for the cases that come up a thousand times a second. Anything else (a
 * clock that went back, a rate that changed) they leave to the engine: `slow = true`. Everything is a local: they are what Lua is fast at.
 */

/** A check's names in a script: its numbers, its cost, where its amounts begin in the block `a`, its phase. */
export interface Names {
  readonly numbers: readonly string[];
  readonly cost: string;
  readonly amount: number;
  readonly phase: string;
  /** Its record's value, and where in it a ring begins, as Lua counts: from 1. */
  readonly value: string;
  readonly ring: number;
  /** Tells its locals from those of other checks. */
  readonly id: number;
}

/** What becomes of a check in a script. */
interface Lua {
  /** Sets `slow`, or `refused` where the cost does not fit. */
  readonly judge: (one: FastCheck, names: Names) => string;
  /** Charges a cost above 0 that fits. */
  readonly charge: (one: FastCheck, names: Names) => string;
}

const fixed: Lua = {
  judge: ({ check }, { numbers: [count, end], cost, amount }) => `
    if now >= ${end} then if ${cost} > a[${amount}] then refused = true end
    elseif ${end} - now > ${check.windowMs} then slow = true
    elseif ${cost} > a[${amount}] - ${count} then refused = ${cost} > 0 or refused end`,
  charge: ({ check }, { numbers: [count, end], cost, phase }) => `
      if now >= ${end} then ${count} = ${cost} ${end} = ${endOf(check, phase)} else ${count} = ${count} + ${cost} end`,
};

const gap: Lua = {
  judge: fixed.judge,
  charge: ({ check }, { numbers: [count, end, began], cost }) => `
      if now >= ${end} then ${count} = ${cost} ${began} = now else ${count} = ${count} + ${cost} end
      ${end} = now + ${check.windowMs}`,
};

const bucket: Lua = {
  judge: (_, { numbers: [deficit, last, scale], cost, amount, id }) => `
    local missing${id} = ${deficit}
    if missing${id} > 0 then
      if now < ${last} or ${scale} ~= a[${amount + 1}] then slow = true end
      missing${id} = missing${id} - (now - ${last}) * a[${amount + 2}]
      if missing${id} < 0 then missing${id} = 0 end
    end
    if ${cost} > floor((a[${amount}] * a[${amount + 1}] - missing${id}) / a[${amount + 1}]) then refused = ${cost} > 0 or refused end`,
  charge: (_, { numbers: [deficit, last, scale], cost, amount, id }) => `
      ${deficit} = missing${id} + ${cost} * a[${amount + 1}] ${last} = now ${scale} = a[${amount + 1}]`,
};

const quota: Lua = {
  judge: (_, { numbers: [count, period], cost, amount }) => `
    if ${period} > a[${amount + 1}] then slow = true
    elseif ${period} == a[${amount + 1}] then if ${cost} > a[${amount}] - ${count} then refused = ${cost} > 0 or refused end
    elseif ${cost} > a[${amount}] then refused = true end`,
  charge: (_, { numbers: [count, period], cost, amount }) => `
      if ${period} == a[${amount + 1}] then ${count} = ${count} + ${cost}
      else ${count} = ${cost} ${period} = a[${amount + 1}] end`,
};

/**
 * Its ring stays in the value, and is copied but for the count of the current slice: `at…` is where that stands in the string `from…`, the value
 * itself, behind `off…` bytes. Only where something is dead the ring is cut out, and zeros put there: one stretch, or two around its end.
 */
const sliding: Lua = {
  judge: ({ check }, { numbers: [head, tail, sum], cost, amount, value, ring, id }) => `
    local from${id}, off${id}, at${id} = ${value}, ${ring - 1}, 0
    local slice${id}, live${id}, dead${id} = floor(now / ${sliceOf(check)}), floor((now - ${check.windowMs - 1}) / ${sliceOf(check)}), 0
    if ${sum} ~= 0 then
      if ${head} > slice${id} then slow = true
      else
        for slice = ${tail}, live${id} <= ${head} and live${id} - 1 or ${head} do
          dead${id} = dead${id} + read('<d', ${value}, slice % ${check.slices + 1} * 8 + ${ring})
        end
      end
    end
    if ${cost} > a[${amount}] - ${sum} + dead${id} then refused = ${cost} > 0 or refused end`,
  charge: ({ check }, { numbers: [head, tail, sum], cost, value, ring, id }) => `
      if dead${id} > 0 then
        local first, last = ${tail} % ${check.slices + 1} * 8, (live${id} - 1) % ${check.slices + 1} * 8 + 8
        if dead${id} == ${sum} then from${id} = ${zeros(check)}
        elseif first < last then from${id} = sub(${value}, ${ring}, ${ring - 1} + first) .. sub(${zeros(check)}, first + 1, last) .. sub(${value}, ${ring} + last, ${ring - 1 + ringBytes(check)})
        else from${id} = sub(${zeros(check)}, 1, last) .. sub(${value}, ${ring} + last, ${ring - 1} + first) .. sub(${zeros(check)}, first + 1) end
        off${id} = 0
        ${sum} = ${sum} - dead${id}
      end
      if ${tail} < live${id} then ${tail} = live${id} end
      if ${sum} == 0 then ${tail} = slice${id} end
      ${head} = slice${id}
      at${id} = slice${id} % ${check.slices + 1} * 8
      ${sum} = ${sum} + ${cost}`,
};

/** By kind: those that `isFast` lets through. */
export const LUA: Partial<Record<Check['kind'], Lua>> = { fixed, gap, bucket, quota, sliding };

function sliceOf({ windowMs, slices }: Check): number {
  return Math.ceil(windowMs / slices);
}

function endOf({ align, windowMs }: Check, phase: string): string {
  if (align === 'first') return `now + ${windowMs}`;
  if (align === 'clock') return `floor(now / ${windowMs} + 1) * ${windowMs}`;
  return `floor((now - ${phase}) / ${windowMs} + 1) * ${windowMs} + ${phase}`;
}

/** How many of a check's numbers are locals: the first ones. Those of a ring are not. */
export function localsOf({ check, spot }: FastCheck): number {
  return check.kind === 'sliding' ? 3 : spot.width;
}

/** A piece of a value: packed by a format, or bytes as they are where there is none. */
export type Piece = readonly [format: string, value: string];

/** How they are written. */
export function writtenAs({ check }: FastCheck, { numbers, cost, id }: Names): readonly Piece[] {
  const pieces = numbers.map((number): Piece => ['d', number]);
  if (check.kind !== 'sliding') return pieces;
  const [from, off, at] = [`from${id}`, `off${id}`, `at${id}`];
  return [
    ...pieces,
    ['', `sub(${from}, ${off} + 1, ${off} + ${at})`],
    ['d', `read('<d', ${from}, ${off} + ${at} + 1) + ${cost}`],
    ['', `sub(${from}, ${off} + ${at} + 9, ${off} + ${ringBytes(check)})`],
  ];
}

function ringBytes({ slices }: Check): number {
  return (slices + 1) * 8;
}

function zeros(check: Check): string {
  return `'${String.raw`\0`.repeat(ringBytes(check))}'`;
}
