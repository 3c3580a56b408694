import type { Check } from '../../../core/index.ts';
import { positionOf, type FastCheck } from './layout.ts';

/*
 * How scripts judge and charge one check: what core/counters do, for the cases that come up a thousand times a second. Anything else (a
 * clock that went back, a rate that changed) they leave to the engine: `slow = true`.
 */

/** A check's names in a script: the record's state table, its first field there, its cost, where its amounts begin in the block, its phase. */
export interface Names {
  readonly state: string;
  readonly field: number;
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
  judge: ({ check }, { state: s, field, cost, amount }) => `
    if now >= ${s}[${field + 1}] then if ${cost} > a[${amount}] then refused = true end
    elseif ${s}[${field + 1}] - now > ${check.windowMs} then slow = true
    elseif ${cost} > a[${amount}] - ${s}[${field}] then refused = ${cost} > 0 or refused end`,
  charge: ({ check }, { state: s, field, cost, phase }) => `
      if now >= ${s}[${field + 1}] then ${s}[${field}] = ${cost} ${s}[${field + 1}] = ${endOf(check, phase)}
      else ${s}[${field}] = ${s}[${field}] + ${cost} end`,
};

const gap: Lua = {
  judge: fixed.judge,
  charge: ({ check }, { state: s, field, cost }) => `
      if now >= ${s}[${field + 1}] then ${s}[${field}] = ${cost} ${s}[${field + 2}] = now
      else ${s}[${field}] = ${s}[${field}] + ${cost} end
      ${s}[${field + 1}] = now + ${check.windowMs}`,
};

const bucket: Lua = {
  judge: (_, { state: s, field, cost, amount, id }) => `
    local missing${id} = ${s}[${field}]
    if missing${id} > 0 then
      if now < ${s}[${field + 1}] or ${s}[${field + 2}] ~= a[${amount + 1}] then slow = true end
      missing${id} = missing${id} - (now - ${s}[${field + 1}]) * a[${amount + 2}]
      if missing${id} < 0 then missing${id} = 0 end
    end
    if ${cost} > floor((a[${amount}] * a[${amount + 1}] - missing${id}) / a[${amount + 1}]) then refused = ${cost} > 0 or refused end`,
  charge: (_, { state: s, field, cost, amount, id }) => `
      ${s}[${field}] = missing${id} + ${cost} * a[${amount + 1}] ${s}[${field + 1}] = now ${s}[${field + 2}] = a[${amount + 1}]`,
};

const quota: Lua = {
  judge: (_, { state: s, field, cost, amount }) => `
    if ${s}[${field + 1}] > a[${amount + 1}] then slow = true
    elseif ${s}[${field + 1}] == a[${amount + 1}] then if ${cost} > a[${amount}] - ${s}[${field}] then refused = ${cost} > 0 or refused end
    elseif ${cost} > a[${amount}] then refused = true end`,
  charge: (_, { state: s, field, cost, amount }) => `
      if ${s}[${field + 1}] == a[${amount + 1}] then ${s}[${field}] = ${s}[${field}] + ${cost}
      else ${s}[${field}] = ${cost} ${s}[${field + 1}] = a[${amount + 1}] end`,
};

/** Fields: head, tail, sum, and the ring as it stands in the value. What is zero in it mostly stays so, and one count changes. */
const sliding: Lua = {
  judge: ({ check }, { state: s, field, cost, amount, id }) => `
    local slice${id}, live${id}, dead${id} = floor(now / ${sliceOf(check)}), floor((now - ${check.windowMs - 1}) / ${sliceOf(check)}), 0
    if ${s}[${field + 2}] ~= 0 then
      if ${s}[${field}] > slice${id} then slow = true
      else
        local last = live${id} <= ${s}[${field}] and live${id} - 1 or ${s}[${field}]
        for slice = ${s}[${field + 1}], last do dead${id} = dead${id} + read('<d', ${s}[${field + 3}], slice % ${check.slices + 1} * 8 + 1) end
      end
    end
    if ${cost} > a[${amount}] - ${s}[${field + 2}] + dead${id} then refused = ${cost} > 0 or refused end`,
  charge: ({ check }, { state: s, field, cost, id }) => `
      if dead${id} > 0 then
        if dead${id} == ${s}[${field + 2}] then ${s}[${field + 3}] = zeros(${check.slices + 1})
        else for slice = ${s}[${field + 1}], live${id} - 1 do put(${s}, ${field + 3}, slice % ${check.slices + 1}, 0) end end
        ${s}[${field + 2}] = ${s}[${field + 2}] - dead${id}
      end
      if ${s}[${field + 1}] < live${id} then ${s}[${field + 1}] = live${id} end
      if ${s}[${field + 2}] == 0 then ${s}[${field + 1}] = slice${id} end
      ${s}[${field}] = slice${id}
      put(${s}, ${field + 3}, slice${id} % ${check.slices + 1}, ${cost})
      ${s}[${field + 2}] = ${s}[${field + 2}] + ${cost}`,
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

/** How many fields of a state a check takes: its numbers, but a ring is one. */
export function fieldsOf({ check, spot }: FastCheck): number {
  return check.kind === 'sliding' ? 4 : spot.width;
}

/** Reads a check's numbers from the value `v` into a state. */
export function load(one: FastCheck, state: string, field: number): string {
  const at = positionOf(one.spot.at);
  const plain = one.check.kind === 'sliding' ? 3 : one.spot.width;
  const names = Array.from({ length: plain }, (_, i) => `${state}[${field + i}]`).join(', ');
  const numbers = `${names} = read('<${'d'.repeat(plain)}', v, ${at})`;
  if (one.check.kind !== 'sliding') return numbers;
  return `${numbers} ${state}[${field + 3}] = sub(v, ${at + 24}, ${at + one.spot.width * 8 - 1})`;
}

/** A check's numbers as they stand in a value. */
export function store(one: FastCheck, state: string, field: number): string {
  const plain = one.check.kind === 'sliding' ? 3 : one.spot.width;
  const names = Array.from({ length: plain }, (_, i) => `${state}[${field + i}]`).join(', ');
  const numbers = `pack('<${'d'.repeat(plain)}', ${names})`;
  return one.check.kind === 'sliding' ? `${numbers} .. ${state}[${field + 3}]` : numbers;
}
