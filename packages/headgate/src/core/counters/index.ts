import { HeadgateError } from '../errors.ts';
import type { Check, Field, Kind } from '../program.ts';
import { Bucket } from './bucket.ts';
import type { Counter, Row } from './counter.ts';
import { Fixed } from './fixed.ts';
import { Sliding } from './sliding.ts';

export { grantIdOf, MAX_GRANTS, slicesOf, type Draws } from './grants.ts';
export { choose, endOf, total, type Amendment, type Cells, type Counter, type Instant, type Row } from './counter.ts';

interface CounterClass {
  new (check: Check, row: Row, offset: number): Counter;
  /** Numbers that one counter takes. */
  widthOf(slices: number): number;
}

/** By kind; those beyond what `limit` takes, and buckets of which the amount changes with time, are plugged in. */
export const COUNTERS: Partial<Record<Kind, CounterClass>> = {
  fixed: Fixed,
  sliding: Sliding,
  bucket: Bucket,
};

/** The counter of a check's kind, at `offset` in a row. */
export function counterOf(check: Check, row: Row, offset: number): Counter {
  return new (classOf(check.kind))(check, row, offset);
}

/** Numbers that one counter of this kind takes. */
export function widthOf({ kind, slices }: Pick<Field, 'kind' | 'slices'>): number {
  return classOf(kind).widthOf(slices);
}

/** How many of them tell of its use, and stand first: a reset empties these. Grants stay, which follow [count, periodAtMs, drawn]. */
export function useOf(field: Pick<Field, 'kind' | 'slices'>): number {
  return field.kind === 'quota' && field.slices > 0 ? 3 : widthOf(field);
}

function classOf(kind: Kind): CounterClass {
  const found = COUNTERS[kind];
  if (found === undefined)
    throw new HeadgateError('ERR_NOT_PLUGGED', `${kind} needs plugAll() of "headgate/all", called once`);
  return found;
}
