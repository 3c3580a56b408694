import { FIGURES, type Check, type Outcome } from '../../core/index.ts';
import { flowsIn, lastsMs, PART, SHORTEST_MS, type Terms } from './terms.ts';
import type { Use } from './use.ts';

/** Fewer requests are not worth a draw: each asks for itself. */
const FEWEST = 8;
/** No two clocks run alike: so much of a life is taken off, in parts of a thousand, and so many ms. */
const UNLIKE_PERMILLE = 1;
const SLACK_MS = 2;
/** What is drawn is renewed when so much of it is spent, or of its time is over. */
const RENEW_AT = 0.7;

/** What time it was when a store was asked, and when it answered, by the clocks of this process. In ms. */
export interface Asked {
  readonly atMs: number;
  readonly atWallMs: number;
  readonly answeredAtMs: number;
  /** What the calendar said, at the latest when it was charged at the earliest. */
  readonly chargedAtWallMs: number;
  /** How often the store had failed. */
  readonly failures: number;
}

/** Units that were charged, and are spent here. */
export interface Draw {
  /** By check. What keeps no count lets so much in. */
  readonly units: number[];
  /** The same as it was at first; 0 where no count is kept. */
  readonly drawn: readonly number[];
  /** By check, by the store's clock; NaN where there is none. */
  readonly resetAtMs: readonly number[];
  /** By the store's clock. */
  readonly chargedAtMs: number;
  readonly asked: Asked;
  /** The first instants of this process's clocks at which it is spent no more, whichever comes first. */
  readonly endsAtMs: number;
  readonly endsAtWallMs: number;
  /** Requests until it is to be renewed, and when it is: once. */
  renewIn: number;
  renewAtMs: number;
}

/** What costs of a draw follow from. */
interface Wanting {
  readonly terms: Terms;
  readonly use: Use;
  /** Units that the store had left, by check. */
  readonly left: readonly number[];
  /** Units that it has drawn and not spent, by check. */
  had(): readonly number[];
}

/**
 * Costs of a draw: what is expected to be asked, and of each limit at most a part of what is left. Undefined where that is not worth it.
 * @param byOthers units of a check that others of this process have drawn
 */
export function costsOf(
  wanting: Wanting,
  byOthers: (check: number) => number,
  nowMs: number,
): readonly number[] | undefined {
  const { terms, use, left } = wanting;
  const { program, lifeMs } = terms;
  const { checks } = program;
  const had = wanting.had();
  const mostOf = (i: number): number => Math.max(0, Math.floor(left[i]! / PART) - had[i]! - byOthers(i));
  let requests = use.expected(lifeMs, nowMs);
  for (const [i, { kind }] of checks.entries()) {
    const mean = use.meanOf(i);
    if (mean > 0 && kind !== 'size') requests = Math.min(requests, mostOf(i) / mean);
  }
  if (requests < FEWEST) return undefined;
  return checks.map((check, i) => {
    if (check.kind === 'size') return 0;
    const units = Math.min(mostOf(i), Math.ceil(requests * use.meanOf(i)));
    if (check.kind !== 'bucket' || units === 0) return units;
    // What is spent later must be missing until then: of a bucket that is full, so much more is taken.
    return units + Math.max(0, flowsIn(check, lifeMs) - (check.segments[0]!.burst - left[i]!));
  });
}

/** What may be spent of a charge, and until when. Undefined: it is not worth it. */
export function drawOf(
  { program, lifeMs }: Terms,
  costs: readonly number[],
  outcome: Outcome,
  asked: Asked,
  use: Use,
): Draw | undefined {
  const { checks, calendar, validUntilMs } = program;
  const { nowMs: chargedAtMs, figures } = outcome;
  const resets = checks.map((_, i) => figures[i * FIGURES + 1]!);
  let mostMs = calendar ? Math.min(lifeMs, validUntilMs - asked.chargedAtWallMs) : lifeMs;
  for (const [i, check] of checks.entries()) mostMs = Math.min(mostMs, lastsMs(check, chargedAtMs, resets[i]!));
  const units = checks.map((check, i) => {
    if (check.kind === 'size') return check.segments[0]!.burst;
    return check.kind === 'bucket' ? ofBucket(check, costs[i]!, figures[i * FIGURES]!, mostMs) : costs[i]!;
  });
  const ownMs = Math.floor(mostMs - (mostMs * UNLIKE_PERMILLE) / 1000) - SLACK_MS;
  // From when it was asked for: it was charged later than that, and not earlier.
  const endsAtMs = asked.atMs + ownMs;
  const requests = requestsIn(units, checks, use);
  if (endsAtMs - asked.answeredAtMs < SHORTEST_MS / 2 || requests < 1 || units.some((some) => some < 0))
    return undefined;
  return {
    units,
    drawn: units.map((some, i) => (checks[i]!.kind === 'size' ? 0 : some)),
    resetAtMs: resets.map((ms) => (ms < 0 ? NaN : chargedAtMs + ms)),
    chargedAtMs,
    asked,
    endsAtMs,
    endsAtWallMs: asked.atWallMs + ownMs,
    renewIn: requests * RENEW_AT,
    // What ends with a window, or a slice of one, is followed by nothing that lasts longer.
    renewAtMs: mostMs < lifeMs ? Infinity : asked.atMs + ownMs * RENEW_AT,
  };
}

/**
 * At the end of its life so much must have been missing as flows in during it: else that would have been lost to a full bucket, and is spent here
 * and filled in as well. What was missing before the charge is known to the unit, rounded down.
 */
function ofBucket(check: Check, cost: number, remaining: number, lifeMs: number): number {
  const missing = Math.max(0, check.segments[0]!.burst - remaining - cost - 1);
  return cost - Math.max(0, flowsIn(check, lifeMs) - missing);
}

function requestsIn(units: readonly number[], checks: readonly Check[], use: Use): number {
  let requests = Infinity;
  for (const [i, { kind }] of checks.entries()) {
    const mean = use.meanOf(i);
    if (mean > 0 && kind !== 'size') requests = Math.min(requests, units[i]! / mean);
  }
  return requests;
}
