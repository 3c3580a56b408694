import { checkOf, FOREVER, segmentOf, type Check, type Field, type Kind, type Segment } from '../../core/index.ts';
import { seeded, type Random } from '../random.ts';

/** What a limit is whatever its amount: every program that has it shares its counters. */
export interface Limit {
  readonly limitId: number;
  readonly shape: number;
  readonly kind: Kind;
  readonly slots: readonly number[];
  readonly base: Partial<Check>;
  /** Quota: the length of its periods. */
  readonly periodMs: number;
  /** Bucket: its amounts, the same for all. Of two rates, the faster may have filled, and forgotten, what the slower still misses. */
  readonly segments: readonly Segment[] | undefined;
}

const KINDS: readonly Kind[] = [
  'fixed',
  'sliding',
  'bucket',
  'gap',
  'quota',
  'concurrency',
  'level',
  'size',
  'block',
  'sliding',
  'fixed',
  'bucket',
  'decay',
];
const WINDOWS_MS: readonly number[] = [7, 10, 64, 100, 333, 1000, 4096];
/** How far from a limit's id that of the counter is which says its figure. */
const SCALED_BY = 1_000_003;
/** As many slots as a policy gives a record, nearly. */
const MANY_SLOTS = 7;

export function randomLimit(
  random: Random,
  limitId: number,
  shape: number,
  span: readonly [number, number] | undefined,
): Limit {
  const kind = random.pick(KINDS);
  const sparse = random.chance(0.25);
  const slots = random.chance(0.5) ? [0] : Array.from({ length: sparse ? MANY_SLOTS : 3 }, (_, i) => i * 977 + 1);
  const limit = {
    limitId,
    shape,
    kind,
    slots,
    // By its id, so that a seed stays the trace that it was.
    base: scaledBase(baseOf(random, kind, limitId % 2 === 0), kind, limitId, shape),
    periodMs: random.pick([2000, 9000, 40_000]),
    segments: undefined,
  };
  return kind === 'bucket' ? { ...limit, segments: segmentsFor(random, limit, span) } : limit;
}

function baseOf(random: Random, kind: Kind, grants: boolean): Partial<Check> {
  const windowMs = random.pick(WINDOWS_MS);
  switch (kind) {
    case 'fixed':
      return { windowMs, align: random.pick(['first', 'clock', 'spread']) };
    case 'sliding':
      return { windowMs, slices: random.pick([2, 3, 4, 16, 64]) };
    case 'bucket':
    case 'gap':
    case 'decay':
      return { windowMs };
    case 'concurrency':
      return { holdMs: random.pick([5, 50, 700]) };
    case 'block':
      return { blockMs: random.pick([[30], [10, 50, 200]]), forgetMs: random.pick([0, 100, 500]) };
    case 'quota':
      return grants ? { slices: windowMs % 2 === 0 ? 18 : 2 } : { slices: windowMs > 1000 ? 34 : 0 };
    case 'level':
    case 'size':
      return {};
    default:
      return kind satisfies never;
  }
}

/** Of some, use keeps its part of the whole when the amount changes. By what the limit is, so that a seed stays the trace that it was. */
function scaledBase(base: Partial<Check>, kind: Kind, limitId: number, shape: number): Partial<Check> {
  const isCounted = kind === 'bucket' || kind === 'decay' || kind === 'fixed' || kind === 'gap' || kind === 'sliding';
  const isPlainQuota = kind === 'quota' && (base.slices ?? 0) === 0;
  const isScaled = (isCounted || isPlainQuota) && seeded(limitId * 7 + shape + (base.windowMs ?? 0)).chance(0.2);
  return isScaled ? { ...base, scaledBy: limitId + SCALED_BY } : base;
}

/** The limit as one program has it: its amounts, and what the policy says of it there. */
export function checkFor(random: Random, limit: Limit, record: number, spanMs: readonly [number, number]): Check {
  const { kind, limitId, base } = limit;
  const holds = kind !== 'size' && kind !== 'block' && kind !== 'concurrency' && random.chance(0.25);
  return checkOf({
    limitId,
    kind,
    ...base,
    record: kind === 'size' ? -1 : record,
    slot: random.pick(limit.slots),
    segments: limit.segments ?? segmentsFor(random, limit, spanMs),
    ...(holds && { holdMs: random.pick([5, 60, 500]), lost: random.pick(['keep', 'return']) }),
    ...(kind !== 'concurrency' && kind !== 'level' && kind !== 'block' && random.chance(0.2) && { count: 'attempts' }),
    ...(random.chance(0.12) && { shadow: true }),
    ...(kind !== 'block' && random.chance(0.1) && { atLeast: random.int(1, 3) }),
    ...(random.chance(0.3) && { hintMs: random.int(1, 300) }),
  });
}

function segmentsFor(
  random: Random,
  { kind, base, periodMs }: Limit,
  span: readonly [number, number] | undefined,
): Segment[] {
  const windowMs = base.windowMs ?? 0;
  // Two periods may leave something.
  const carries = (base.slices ?? 0) > 2 && kind === 'quota';
  const make = (from: number, until: number, periodAtMs: number): Segment => {
    const some = random.chance(0.04) ? 0 : random.int(2, 14);
    const amount = kind === 'block' ? Number.MAX_SAFE_INTEGER : some;
    const burst = kind === 'bucket' && random.chance(0.5) ? random.int(amount, 24) : amount;
    const rollover = carries ? { upTo: random.int(1, 9), untilAtMs: periodAtMs + 3 * periodMs } : undefined;
    const made = segmentOf({ kind, amount, windowMs, burst, fromAtMs: from, untilAtMs: until, periodAtMs });
    return { ...made, rollover };
  };
  if (span === undefined) return [make(0, FOREVER, 0)];
  const [fromAtMs, untilAtMs] = span;
  if (kind === 'quota') return periods(random, { fromAtMs, untilAtMs, periodMs }, make);
  if (random.chance(0.7) || kind === 'block') return [make(0, FOREVER, 0)];
  const changes = Array.from({ length: random.int(1, 4) }, () => random.int(fromAtMs + 1, untilAtMs - 1));
  const ends = [...new Set(changes)].toSorted((a, b) => a - b);
  return [fromAtMs, ...ends].map((from, i) => make(from, ends[i] ?? (random.chance(0.5) ? FOREVER : untilAtMs), 0));
}

interface Span {
  readonly fromAtMs: number;
  readonly untilAtMs: number;
  readonly periodMs: number;
}

/** Calendar periods of one length, each in one or two segments. */
function periods(
  random: Random,
  { fromAtMs, untilAtMs, periodMs }: Span,
  make: (from: number, until: number, period: number) => Segment,
): Segment[] {
  const segments: Segment[] = [];
  for (let period = fromAtMs; period < untilAtMs; period += periodMs) {
    const end = Math.min(period + periodMs, untilAtMs);
    const half = period + Math.floor((end - period) / 2);
    if (random.chance(0.2) && half > period) segments.push(make(period, half, period), make(half, end, period));
    else segments.push(make(period, end, period));
  }
  return segments;
}

/** Whether a rate is durable must not change an answer: by its id, so that a seed stays the trace that it was. */
export function fieldsOf({ limitId, kind, base, slots }: Limit, durable: boolean): readonly Field[] {
  const { windowMs = 0, slices = 0, scaledBy = 0 } = base;
  const field = { limitId, kind, windowMs, slices, slots, durable: durable || limitId % 2 === 0, scaledBy };
  if (scaledBy === 0) return [field];
  return [field, { ...field, limitId: scaledBy, kind: 'gap', windowMs: 0, slices: 0, scaledBy: 0 }];
}
