import { type Check, type Program } from '../../../core/index.ts';
import { placeName } from '../../memory/index.ts';
import { HEAD_BYTES } from '../records/packing.ts';
import type { Shape, Spot } from '../records/shape.ts';

/** Checks that one script judges, at most: Lua has only so many registers. */
const MAX_CHECKS = 12;

/** To cut a piece out of what was read costs Redis as much as to read and send so many bytes more. */
const CUT_BYTES = 32;

/** A check that scripts can judge, and where its numbers stand. */
export interface FastCheck {
  readonly index: number;
  readonly check: Check;
  readonly spot: Spot;
}

/** A record as scripts see it. */
export interface FastRecord {
  readonly shape: Shape;
  readonly checks: readonly FastCheck[];
  /** The numbers that its checks need: the first, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** How many bytes are read of it: its head, and its numbers up to the last that is needed. */
  readonly readBytes: number;
  /** Where in these begins what is told of it: at 0 where to cut it out would cost Redis more than to send all. */
  readonly toldFrom: number;
}

/** What of a program's layout a script can judge; undefined where only the engine can. */
export function fastRecords(program: Program, shapes: readonly Shape[]): FastRecord[] | undefined {
  const { checks } = program;
  const judged = checks.filter(({ kind }) => kind !== 'size');
  if (judged.length === 0 || judged.length > MAX_CHECKS || !checks.every(isFast)) return undefined;
  // What only JavaScript could have said.
  if (checks.some((check) => Object.keys(check).some((word) => !(word in HEARD)))) return undefined;
  // One shape twice could be one record twice.
  if (new Set(shapes).size < shapes.length) return undefined;
  return shapes.map((shape, record) => {
    const own = checks.flatMap((check, index): FastCheck[] => {
      if (check.record !== record || check.kind === 'size') return [];
      return [{ index, check, spot: shape.spots.get(placeName(check.limitId, check.slot))! }]; // Admitted before.
    });
    const from = Math.min(...own.map(({ spot }) => spot.at));
    const to = Math.max(...own.map(({ spot }) => spot.at + spot.width));
    if (own.length === 0) return { shape, checks: own, from: 0, to: 0, readBytes: HEAD_BYTES, toldFrom: HEAD_BYTES };
    const firstByte = HEAD_BYTES + from * 8;
    const readBytes = HEAD_BYTES + to * 8;
    const toldFrom = firstByte <= readBytes - firstByte + CUT_BYTES ? 0 : firstByte;
    return { shape, checks: own, from, to, readBytes, toldFrom };
  });
}

/** What a check may say, all of which is heeded below or in the script. A word that is new must be thought about before it compiles. */
const HEARD = {
  limitId: true,
  record: true,
  slot: true,
  kind: true,
  count: true,
  align: true,
  windowMs: true,
  slices: true,
  segments: true,
  atLeast: true,
  holdMs: true,
  lost: true,
  carries: true,
  hintMs: true,
  shadow: true,
  rungs: true,
  denials: true,
  trigger: true,
  triggerRung: true,
  blockMs: true,
  extend: true,
  forgetMs: true,
  scaledBy: true,
} as const satisfies Record<keyof Check, true>;

/** Charged when all admit, for good, and by nothing but its own numbers. */
function isFast({
  kind,
  count,
  holdMs,
  shadow,
  atLeast,
  carries,
  slices,
  segments,
  rungs,
  denials,
  scaledBy,
}: Check): boolean {
  if (count !== 'admitted' || shadow || atLeast > 0 || scaledBy !== 0) return false;
  if (carries.length > 0 || rungs.length > 0 || denials.length > 0) return false;
  switch (kind) {
    case 'size':
      return true;
    case 'fixed':
    case 'gap':
    case 'sliding':
      return holdMs === 0;
    case 'bucket':
      return holdMs === 0 && segments.length === 1 && segments[0]!.refill > 0;
    case 'quota':
      return holdMs === 0 && slices === 0;
    case 'concurrency':
    case 'level':
    case 'block':
    case 'decay':
      return false;
    default:
      return kind satisfies never;
  }
}

/** Where a number stands in a value, as Lua counts: from 1. */
export function positionOf(number: number): number {
  return HEAD_BYTES + number * 8 + 1;
}
