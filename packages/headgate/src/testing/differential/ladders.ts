import type { Check, Rung } from '../../core/index.ts';
import { seeded, type Random } from '../random.ts';

/*
 * Ladders, limits that count denials, and what sets a block, by what the checks are: so that a seed stays the trace that it was.
 */

const FILLS: readonly number[] = [1, 250, 333, 500, 800, 995, 1000, 1001, 1100, 1500, 3000, 10_000];

/** The checks of one program, some of which do more than refuse at 100 %. */
export function withLadders(checks: readonly Check[]): readonly Check[] {
  // Most programs have none: what is said of them must not be said less often.
  if (checks[0] === undefined || !randomOf(checks[0], checks.length).chance(0.3)) return checks;
  const laddered = checks.map((check, i) => withRungs(check, randomOf(check, i)));
  const counting = laddered.map((check, i) => withDenials(check, i, checks.length, randomOf(check, i + 100)));
  return counting.map((check, i) => withBlock(check, counting, randomOf(check, i + 200)));
}

function randomOf({ limitId, segments, hintMs }: Check, i: number): Random {
  return seeded(limitId * 31 + i * 7 + segments.length * 1009 + (segments[0]?.amount ?? 0) + hintMs);
}

function withRungs(check: Check, random: Random): Check {
  if (check.kind === 'block' || !random.chance(0.5)) return check;
  const fills = [...new Set(Array.from({ length: random.int(1, 4) }, () => random.pick(FILLS)))].toSorted(
    (a, b) => a - b,
  );
  const rungs = fills.map((permille): Rung => ({
    permille,
    does: random.pick(['refuse', 'refuse', 'admit', 'shadow']),
  }));
  // An attempt that is counted must not lift a request over what refuses it.
  const attempted = rungs.map(({ permille }): Rung => ({ permille, does: 'refuse' }));
  return { ...check, rungs: check.count === 'attempts' ? attempted : rungs };
}

function withDenials(check: Check, i: number, checks: number, random: Random): Check {
  const isPlain = check.holdMs === 0 && check.count === 'admitted' && check.record >= 0 && check.kind !== 'block';
  if (!isPlain || checks < 2 || !random.chance(0.15)) return check;
  const denials = [...new Set([random.int(0, checks - 1), random.int(0, checks - 1)])].filter((source) => source !== i);
  return { ...check, count: 'denials', denials };
}

function withBlock(check: Check, checks: readonly Check[], random: Random): Check {
  if (check.kind !== 'block') return check;
  const rungs = checks[check.trigger]?.rungs ?? [];
  const refusing = rungs.findIndex(({ does }) => does === 'refuse');
  return {
    ...check,
    triggerRung: random.chance(0.7) ? refusing : -1,
    extend: random.chance(0.2),
    ...(random.chance(0.2) && { blockMs: [] }),
  };
}
