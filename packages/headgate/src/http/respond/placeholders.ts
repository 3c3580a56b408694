import type { Quantity, Written } from './format.ts';
import { amountOf, costOf, instantOf, refuses, remainingOf, resetInMsOf, usedOf, waitMsOf, type Told } from './told.ts';

/** What a placeholder says of limit `index`; undefined when there is nothing to say. */
export type Read = (told: Told, index: number) => Written | undefined;

export interface Placeholder {
  readonly quantity: Quantity;
  readonly read: Read;
  /** Format when none is given; default the quantity's own. */
  readonly format?: string;
  /** What stands inside a sentence for a figure that does not exist. Default: nothing. */
  readonly absent?: string;
}

/** There is no time at which what cannot be will be. */
const NEVER = 'never';

/** Every placeholder of the language. In a header block they speak of its `of`, in an answer of the reported limit. */
export const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  limit: count(amountIfKnown),
  burst: count(amountIfKnown),
  used: count(usedIfKnown),
  remaining: count((told, i) => told.limits[i] && remainingOf(told, i)),
  percent: count(percent),
  cost: count(costOf),
  retryAfter: { quantity: 'duration', read: retryAfter, absent: NEVER },
  delay: { quantity: 'duration', read: ({ delayedMs = 0 }) => delayedMs },
  resetIn: { quantity: 'duration', read: resetInMsOf, absent: NEVER },
  window: { quantity: 'duration', format: 'word', read: (told, i) => told.limits[i]?.windowMs || undefined },
  reason: text((told) => (waits(told) ? told.outcome?.no : undefined)),
  reported: text((told) => told.limits[told.reported]?.name),
  retryAt: instant(retryAfter),
  nextAt: instant(nextIn),
  resetAt: instant(resetInMsOf),
  name: text((told, i) => told.limits[i]?.name),
  label: text((told, i) => told.limits[i]?.label),
  unit: text((told, i) => told.limits[i]?.unit),
  period: text((told, i) => told.limits[i]?.period),
  plan: text(planOf),
  operation: text((told) => told.operation),
  bucket: text((told, i) => told.bucket(i)),
  'request.id': text((told) => told.request.id),
};

/** The plan in force, which an attribute, a derivation or an override may have said. */
function planOf(told: Told): string | undefined {
  const { plan } = told.scope({}).visible.attributes;
  return typeof plan === 'string' ? plan : undefined;
}

function retryAfter(told: Told): number | undefined {
  return told.denied ? waitMsOf(told) : 0;
}

/** When one unit more is free: now while any is left, else, as far as the figures tell, at the wait or the reset. */
function nextIn(told: Told, index: number): number | undefined {
  if (remainingOf(told, index) > 0) return 0;
  return refuses(told, index) ? waitMsOf(told) : resetInMsOf(told, index);
}

function amountIfKnown(told: Told, index: number): number | undefined {
  return told.limits[index] && amountOf(told, index);
}

function usedIfKnown(told: Told, index: number): number | undefined {
  return told.limits[index] && usedOf(told, index);
}

function percent(told: Told, index: number): number | undefined {
  const amount = amountOf(told, index);
  return amount === 0 ? undefined : Math.floor((100 * usedOf(told, index)) / amount);
}

function count(read: Read): Placeholder {
  return { quantity: 'count', read };
}

function text(read: Read): Placeholder {
  return { quantity: 'text', read };
}

function waits({ outcome }: Told): boolean {
  return outcome?.allowed === false;
}

function instant(inMs: (told: Told, index: number) => number | undefined): Placeholder {
  return {
    quantity: 'instant',
    absent: NEVER,
    read: (told, i) => {
      const ms = inMs(told, i);
      return ms === undefined ? undefined : instantOf(told, ms);
    },
  };
}
