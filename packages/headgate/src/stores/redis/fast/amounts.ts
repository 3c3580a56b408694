import { FOREVER, idOf, type Check, type Program, type Segment } from '../../../core/index.ts';
import { LONGEST_MS } from '../records/lifetime.ts';
import type { FastCheck, FastRecord } from './layout.ts';

/** A quota is kept so much longer than its period: the engine does the same, so that a clock that is set back opens nothing. */
const SET_BACK_MS = 86_400_000;

/** What a call says before its blocks: four f64, and how many blocks u16. */
export const TOLD_HEAD_BYTES = 34;

/** A program's amounts for as long as they hold: what a script is told of it. */
export interface Amounts {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Doubles, little-endian: from and until; of each record for how long, and until when, what is charged may count; then each check's. */
  readonly block: Buffer;
  /** The largest cost that each size lets in, by check. */
  readonly sizes: readonly (readonly [index: number, most: number])[];
}

/** How many numbers a block has before its checks'. */
export function blockHead(records: number): number {
  return 2 + 2 * records;
}

/** What a check is told beside its cost. */
export function numbersOf({ kind }: Check): number {
  return kind === 'bucket' ? 3 : kind === 'quota' ? 2 : 1;
}

export function amountsAt(program: Program, records: readonly FastRecord[], wall: number): Amounts {
  const inForce = program.checks.map(({ segments }) => segmentAt(segments, wall));
  const [fromMs, untilMs] = program.calendar ? spanOf(inForce, program.validUntilMs) : [0, FOREVER];
  const of = ({ check, index }: FastCheck): number[] => tellOf(check, inForce[index]!);
  const lifetimes = records.flatMap(({ checks }) => lifetimeOf(checks, inForce));
  const numbers = [fromMs, untilMs, ...lifetimes, ...records.flatMap(({ checks }) => checks.flatMap(of))];
  const block = Buffer.alloc(numbers.length * 8);
  for (const [i, number] of numbers.entries()) block.writeDoubleLE(number, i * 8);
  const sizes = program.checks.flatMap(({ kind }, i) => (kind === 'size' ? [[i, inForce[i]!.burst] as const] : []));
  return { fromMs, untilMs, block, sizes };
}

function segmentAt(segments: readonly Segment[], wall: number): Segment {
  return segments.findLast(({ fromAtMs }) => fromAtMs <= wall) ?? segments[0]!; // A check has at least one.
}

function spanOf(inForce: readonly Segment[], validUntilMs: number): [number, number] {
  const from = Math.max(0, ...inForce.map(({ fromAtMs }) => fromAtMs));
  return [from, Math.min(validUntilMs, ...inForce.map(({ untilAtMs }) => untilAtMs))];
}

function tellOf({ kind }: Check, { burst, scale, refill, periodAtMs }: Segment): number[] {
  if (kind === 'bucket') return [burst, scale, refill];
  return kind === 'quota' ? [burst, periodAtMs] : [burst];
}

/** For how long at most what is charged now may count, and until which instant of wall time. */
function lifetimeOf(checks: readonly FastCheck[], inForce: readonly Segment[]): [number, number] {
  let forMs = 0;
  let untilMs = 0;
  for (const { check, index } of checks) {
    const segment = inForce[index]!;
    const endsAtMs = check.kind === 'quota' ? endOf(check, segment) : 0;
    if (endsAtMs < FOREVER) untilMs = Math.max(untilMs, endsAtMs === 0 ? 0 : endsAtMs + SET_BACK_MS);
    forMs = Math.max(forMs, endsAtMs >= FOREVER ? LONGEST_MS : feltFor(check, segment));
  }
  return [forMs, untilMs];
}

function feltFor({ kind, windowMs, slices }: Check, { burst, scale, refill }: Segment): number {
  if (kind === 'bucket') return Math.min(LONGEST_MS, Math.ceil((burst * scale) / refill));
  return kind === 'sliding' ? windowMs + Math.ceil(windowMs / slices) : windowMs;
}

/** A period may hold several amounts, one after another. */
function endOf({ segments }: Check, { periodAtMs }: Segment): number {
  return segments.findLast((one) => one.periodAtMs === periodAtMs)!.untilAtMs;
}

/** Of a window at a phase of its own: which one a key has. */
export function phaseOf({ windowMs }: Check, key: string): number {
  return idOf(key) % windowMs;
}
