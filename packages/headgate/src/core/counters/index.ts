import type { Check, Field, Kind } from '../program.ts';
import { Block } from './block.ts';
import { Bucket } from './bucket.ts';
import type { Counter, Row } from './counter.ts';
import { Fixed } from './fixed.ts';
import { Held, Size } from './held.ts';
import { Quota } from './quota.ts';
import { Sliding } from './sliding.ts';

export { Block } from './block.ts';
export { choose, endOf, type Amendment, type Cells, type Counter, type Instant, type Row } from './counter.ts';
export { Quota } from './quota.ts';

const COUNTERS: Readonly<Record<Kind, { readonly width: number; new (check: Check, row: Row, offset: number): Counter } | typeof Sliding>> = {
  fixed: Fixed,
  gap: Fixed,
  sliding: Sliding,
  bucket: Bucket,
  quota: Quota,
  concurrency: Held,
  level: Held,
  size: Size,
  block: Block,
};

/** The counter of a check's kind, at `offset` in a row. */
export function counterOf(check: Check, row: Row, offset: number): Counter {
  return new COUNTERS[check.kind](check, row, offset);
}

/** Numbers that one counter of this kind takes. */
export function widthOf({ kind, slices }: Pick<Field, 'kind' | 'slices'>): number {
  const counter = COUNTERS[kind];
  return 'width' in counter ? counter.width : counter.widthOf(slices);
}
