import type { Check, Field, Kind } from '../program.ts';
import { Block } from './block.ts';
import { Bucket } from './bucket.ts';
import type { Counter } from './counter.ts';
import { Fixed } from './fixed.ts';
import { Held, Size } from './held.ts';
import { Quota } from './quota.ts';
import { Sliding } from './sliding.ts';

export { Block } from './block.ts';
export { choose, endOf, type Amendment, type Cells, type Counter, type Instant } from './counter.ts';
export { Quota } from './quota.ts';

const COUNTERS: Readonly<Record<Kind, { readonly width: number; new (check: Check): Counter } | typeof Sliding>> = {
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

/** The counter of a check's kind, pointed at nothing yet. */
export function counterOf(check: Check): Counter {
  return new COUNTERS[check.kind](check);
}

/** Numbers that one counter of this kind takes. */
export function widthOf({ kind, slices }: Pick<Field, 'kind' | 'slices'>): number {
  const counter = COUNTERS[kind];
  return 'width' in counter ? counter.width : counter.widthOf(slices);
}
