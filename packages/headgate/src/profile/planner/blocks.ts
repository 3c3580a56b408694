import { checkOf, idOf, segmentOf, type Check } from '../../core/index.ts';
import type { Block, Value } from '../compiled.ts';
import type { PlannedBlock, PlannedLadder } from '../plan.ts';
import type { Asking } from './asking.ts';
import { costOf } from './figures.ts';
import { isUsual, rungOfBlock } from './ladder.ts';
import { blockIdentity, type Place } from './layout.ts';
import type { BlockRow, Row } from './situation.ts';

const NOTHING = [segmentOf({ kind: 'block', amount: Number.MAX_SAFE_INTEGER })];
/** Longer than this is for ever: a hundred years, in ms. */
const MOST_MS = 100 * 8766 * 3_600_000;

/** The check that obeys a block, and sets it where its limit is among those that are asked. */
export function blockCheck(
  { layout, partition, obeyed }: BlockRow,
  { record, slot }: Place,
  records: readonly number[],
  rows: readonly Row[],
  ladders: readonly (PlannedLadder | undefined)[],
  asking: Asking,
): Check {
  const { of, block } = layout;
  const at = rows.findIndex((row) => row.layout === of);
  const ladder = ladders[at];
  const rung = ladder === undefined ? -1 : rungOfBlock(ladder, block.ordinal);
  const isPlain = ladder !== undefined && isUsual(ladder) && of.limit.count !== 'denials';
  const blockMs = durationsOf(block, of.limit.name, asking);
  return checkOf({
    limitId: idOf(blockIdentity(layout, partition)),
    kind: 'block',
    record: records.indexOf(record),
    slot,
    segments: NOTHING,
    trigger: rung < 0 ? -1 : at,
    triggerRung: isPlain ? -1 : rung,
    blockMs,
    forgetMs: block.forgetMs === undefined ? Math.max(0, ...blockMs) : msOf(block.forgetMs, of.limit.name, asking),
    extend: block.extend,
    shadow: !obeyed,
  });
}

/** None: as long as the limit itself would refuse. */
function durationsOf({ forMs }: Block, name: string, asking: Asking): readonly number[] {
  return forMs === 'wait' ? [] : forMs.map((value) => msOf(value, name, asking));
}

function msOf(value: Value, name: string, { scope }: Asking): number {
  return Math.min(MOST_MS, costOf(value, scope, `${name}.past.block`));
}

export function plannedBlock({ layout: { of, block } }: BlockRow): PlannedBlock {
  return { limit: of.limit.name, order: of.order, answer: block.answer };
}
