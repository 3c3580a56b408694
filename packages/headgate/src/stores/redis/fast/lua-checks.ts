import type { Check } from '../../../core/index.ts';
import type { FastCheck } from './layout.ts';

/*
 * How scripts judge and charge one check: what core/counters do, for the cases that come up a thousand times a second. Anything else (a
 * clock that went back, a rate that changed) they leave to the engine: `slow = true`. Everything is a local: they are what Lua is fast at.
 */

/** A check's names in a script: its numbers, its cost, where its amounts begin in the block `a`, its phase. `at…` is where a ring changes. */
export interface Names {
  readonly numbers: readonly string[];
  readonly cost: string;
  readonly amount: number;
  readonly phase: string;
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
 * Its ring stays as it stands in the value, and is put together again of what is before the current slice's count, that count, and what is
 * behind it. What is dead stands side by side: one stretch of zeros, or two around the end.
 */
const sliding: Lua = {
  judge: ({ check }, { numbers: [head, tail, sum, ring], cost, amount, id }) => `
    local slice${id}, live${id}, dead${id} = floor(now / ${sliceOf(check)}), floor((now - ${check.windowMs - 1}) / ${sliceOf(check)}), 0
    if ${sum} ~= 0 then
      if ${head} > slice${id} then slow = true
      else
        for slice = ${tail}, live${id} <= ${head} and live${id} - 1 or ${head} do
          dead${id} = dead${id} + read('<d', ${ring}, slice % ${check.slices + 1} * 8 + 1)
        end
      end
    end
    if ${cost} > a[${amount}] - ${sum} + dead${id} then refused = ${cost} > 0 or refused end`,
  charge: ({ check }, { numbers: [head, tail, sum, ring], cost, id }) => `
      if dead${id} > 0 then
        local from, to = ${tail} % ${check.slices + 1} * 8, (live${id} - 1) % ${check.slices + 1} * 8 + 8
        if dead${id} == ${sum} then ${ring} = ${zeros(check)}
        elseif from < to then ${ring} = sub(${ring}, 1, from) .. sub(${zeros(check)}, from + 1, to) .. sub(${ring}, to + 1)
        else ${ring} = sub(${zeros(check)}, 1, to) .. sub(${ring}, to + 1, from) .. sub(${zeros(check)}, from + 1) end
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

/** How a check's numbers are read, a local each; a ring is one string. */
export function formatOf({ check, spot }: FastCheck): readonly string[] {
  if (check.kind !== 'sliding') return Array.from({ length: spot.width }, () => 'd');
  return ['d', 'd', 'd', `c${(check.slices + 1) * 8}`];
}

/** A piece of a value: packed by a format, or bytes as they are where there is none. */
export type Piece = readonly [format: string, value: string];

/** How they are written. */
export function writtenAs(one: FastCheck, { numbers, cost, id }: Names): readonly Piece[] {
  if (one.check.kind !== 'sliding') return numbers.map((number): Piece => ['d', number]);
  const [head = '', tail = '', sum = '', ring = ''] = numbers;
  return [
    ['d', head],
    ['d', tail],
    ['d', sum],
    ['', `sub(${ring}, 1, at${id})`],
    ['d', `read('<d', ${ring}, at${id} + 1) + ${cost}`],
    ['', `sub(${ring}, at${id} + 9)`],
  ];
}

function zeros({ slices }: Check): string {
  return `'${String.raw`\0`.repeat((slices + 1) * 8)}'`;
}
