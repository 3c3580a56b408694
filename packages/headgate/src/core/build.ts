import { HeadgateError } from './errors.ts';
import { FOREVER, type Check, type Kind, type Segment } from './program.ts';

/** What a segment is made from; what is left out holds for ever, in no period. */
export interface SegmentSpec {
  readonly kind: Kind;
  readonly amount: number;
  readonly windowMs?: number;
  readonly burst?: number;
  readonly fromAtMs?: number;
  readonly untilAtMs?: number;
  readonly periodAtMs?: number;
}

/**
 * Makes a segment, with a bucket's rate in lowest terms.
 * @throws HeadgateError `ERR_AMOUNT_RANGE` when the amount cannot be counted exactly in 53 bits.
 */
export function segmentOf(spec: SegmentSpec): Segment {
  const { kind, amount, windowMs = 0 } = spec;
  const burst = spec.burst ?? amount;
  const bucket = kind === 'bucket';
  const common = gcd(amount, windowMs) || 1;
  const scale = bucket ? windowMs / common : 1;
  const whole = Number.isSafeInteger(amount) && amount >= 0 && Number.isSafeInteger(burst) && burst >= 0;
  // One unit more than a full bucket must still be exact, so that a rescaled deficit can be rounded up.
  if (!whole || (burst + 1) * scale > Number.MAX_SAFE_INTEGER + 1) {
    throw new HeadgateError(
      'ERR_AMOUNT_RANGE',
      `expected whole numbers up to 2^53 - 1, for a bucket times ${scale}; got ${amount}, burst ${burst}`,
    );
  }
  return {
    fromAtMs: spec.fromAtMs ?? 0,
    untilAtMs: spec.untilAtMs ?? FOREVER,
    amount,
    burst,
    periodAtMs: spec.periodAtMs ?? 0,
    refill: bucket ? amount / common : 0,
    scale,
  };
}

const MOST_CHECKS: Omit<Check, 'limitId' | 'kind' | 'segments'> = {
  record: 0,
  slot: 0,
  count: 'admitted',
  align: 'first',
  windowMs: 0,
  slices: 0,
  atLeast: 0,
  holdMs: 0,
  lost: 'keep',
  carries: [],
  hintMs: 0,
  shadow: false,
  rungs: [],
  denials: [],
  trigger: -1,
  triggerRung: -1,
  blockMs: [],
  extend: false,
  forgetMs: 0,
  scaledBy: 0,
};

/** A check with every field said: what is left out is what most limits mean. */
export function checkOf(spec: Pick<Check, 'limitId' | 'kind' | 'segments'> & Partial<Check>): Check {
  return { ...MOST_CHECKS, ...(spec.kind === 'sliding' ? { slices: 16 } : undefined), ...spec };
}

let programs = 0;

/** The next program's id. Stores index by it, so it must be dense and never used twice in a process. */
export function nextProgramId(): number {
  return programs++;
}

/** A 32-bit id of a text (FNV-1a): stable across processes and releases, since stored state is found by it. */
export function idOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** So much of the whole, rounded down; exact where the product of the two would not be. */
export function partOf(whole: number, permille: number): number {
  return Math.floor(whole / 1000) * permille + Math.floor(((whole % 1000) * permille) / 1000);
}
