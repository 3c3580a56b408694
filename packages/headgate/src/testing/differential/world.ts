import { FOREVER, nextProgramId, type Check, type Program, type RecordShape } from '../../core/index.ts';
import type { Random } from '../random.ts';
import { withLadders } from './ladders.ts';
import { checkFor, fieldsOf, randomLimit, type Limit } from './limits.ts';

/** Policies made at random, and the time that their amounts are known for. */
export interface World {
  readonly programs: readonly Program[];
  /** Whether wall time may be set. A bucket then keeps one rate: what flowed in is told by the calendar, and must not be told twice. */
  readonly jumps: boolean;
  /** Keys by shape; few, so that programs meet on them. */
  readonly keys: readonly (readonly string[])[];
}

const KEYS: readonly string[] = ['a', '', '__proto__', '}{', 'a\0b', '\ud800'];

/** How much time a world's amounts are known for, before and after its beginning. */
const KNOWN_BEFORE_MS = 20_000;
const KNOWN_AFTER_MS = 150_000;

export function randomWorld(random: Random, beginsAtMs: number, durable = false): World {
  const shapes = Array.from({ length: random.int(1, 3) }, (_, i) => random.int(0, 1e9) * 4 + i);
  const span = [beginsAtMs - random.int(1, KNOWN_BEFORE_MS), beginsAtMs + random.int(1000, KNOWN_AFTER_MS)] as const;
  const jumps = random.chance(0.6);
  const limits = Array.from({ length: random.int(1, 8) }, (_, i) =>
    randomLimit(random, i * 7919 + 3, random.int(0, shapes.length - 1), jumps ? undefined : span),
  );
  const programs = Array.from({ length: random.int(1, 4) }, () => randomProgram(random, limits, shapes, span, durable));
  return { programs, jumps, keys: shapes.map(() => KEYS.slice(0, random.int(1, KEYS.length))) };
}

/** One operation of one version of the policy: a few of the limits, on the records that they need. */
function randomProgram(
  random: Random,
  limits: readonly Limit[],
  shapes: readonly number[],
  span: readonly [number, number],
  durable: boolean,
): Program {
  const wanted = limits.filter(() => random.chance(0.6)).slice(0, 6);
  const chosen = wanted.length > 0 ? wanted : [limits[0]!];
  const used = [...new Set(chosen.filter(({ kind }) => kind !== 'size').map(({ shape }) => shape))];
  const checks = chosen.map((limit) => checkFor(random, limit, used.indexOf(limit.shape), span));
  const records = used.map((shape): RecordShape => ({
    id: shapes[shape]!,
    // A version of the policy may not know all limits of a record.
    fields: limits
      .filter(
        (limit) => limit.shape === shape && limit.kind !== 'size' && (chosen.includes(limit) || random.chance(0.7)),
      )
      .flatMap((limit) => fieldsOf(limit, durable)),
  }));
  const calendar = checks.some(({ kind, segments }) => kind === 'quota' || segments.length > 1);
  const validUntilMs = calendar ? Math.min(...checks.map(({ segments }) => segments.at(-1)!.untilAtMs)) : FOREVER;
  return {
    id: nextProgramId(),
    records,
    checks: withLadders(checks.map((check, i) => withTrigger(random, check, i, checks))),
    validUntilMs,
    calendar,
  };
}

/** A block is set by a limit that stands before it, or only obeyed. */
function withTrigger(random: Random, check: Check, i: number, checks: readonly Check[]): Check {
  if (check.kind !== 'block') return check;
  const trigger = random.int(-1, i - 1);
  return { ...check, trigger: trigger >= 0 && checks[trigger]!.kind !== 'block' ? trigger : -1 };
}
