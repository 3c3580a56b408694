import { parseDuration, segmentOf, slicesOf, type Check } from '../core/index.ts';
import { rateOf, unfit, type Read, type Words } from '../gate/index.ts';
import { calendarFrom, parseQuota, rolloverOf, segmentsAt } from './quota.ts';

type Parts = ReturnType<Read>;

/** Each kind's own words; `per` is everybody's. */
const READERS: Readonly<Record<string, (words: Words, wallMs: number) => Parts>> = {
  rate: ({ hold, lost, delay, ...words }) => ({
    ...rateIn(words),
    ...holding({ hold, lost }),
    ...delaying(delay, words),
  }),
  quota: ({ quota, calendar, grants, rollover, hold, lost, ...others }, wallMs) => {
    refuseOthers(others, 'quota, calendar, grants, rollover, hold, lost or per');
    const { amount, period } = parseQuota(quota);
    const at = calendarFrom(calendar);
    const carried = rolloverOf(rollover, period);
    const slices = slicesOf(takesGrants(grants), carried?.periods ?? 0);
    // One that takes grants, or carries something on, has more numbers, so that it is another counter.
    const more = carried === undefined ? [] : [carried.periods];
    const span = JSON.stringify([period, at.anchor, at.week, ...(grants === true ? ['grants'] : []), ...more]);
    const segments = segmentsAt(wallMs, amount, period, at, carried);
    return { kind: 'quota', segments, slices, span, ...holding({ hold, lost }) };
  },
  concurrency: ({ concurrency, lease, hint, ...others }) => {
    refuseOthers(others, 'concurrency, lease, hint or per');
    const holdMs = durationOf('lease', lease);
    return { ...bounded('concurrency', concurrency), holdMs, ...hinting(hint) };
  },
  level: ({ level, hold, lost, hint, ...others }) => {
    refuseOthers(others, 'level, hold, lost, hint or per');
    return { ...bounded('level', level), ...holding({ hold, lost }), ...hinting(hint) };
  },
  size: ({ size, ...others }) => {
    refuseOthers(others, 'size alone');
    return { ...bounded('size', size), record: -1 };
  },
};

/** A gap is written and measured as a fixed window is; a decay is counted in parts. */
function rateIn({ algorithm, ...words }: Words): Parts {
  if (algorithm !== 'gap' && algorithm !== 'decay') return rateOf({ algorithm, ...words });
  const { windowMs = 0, segments, ...parts } = rateOf({ ...words, algorithm: 'fixed' });
  const kind = algorithm;
  return { ...parts, kind, windowMs, segments: segments.map(({ amount }) => segmentOf({ kind, amount, windowMs })) };
}

/** Reads limits of every kind, with the periods of quotas as they are at an instant of wall time. */
export function readAt(wallMs: number): Read {
  return (words) => {
    const kinds = Object.keys(READERS).filter((kind) => Object.hasOwn(words, kind));
    if (kinds.length !== 1)
      throw unfit(`expected one of ${Object.keys(READERS).join(', ')}, got ${kinds.join(' and ') || 'none of them'}`);
    return READERS[kinds[0]!]!(words, wallMs);
  };
}

function takesGrants(grants: unknown = false): boolean {
  if (typeof grants !== 'boolean') throw unfit(`grants: expected true or false, got ${JSON.stringify(grants)}`);
  return grants;
}

function bounded(kind: 'concurrency' | 'level' | 'size', amount: unknown): Parts {
  if (!Number.isSafeInteger(amount) || (amount as number) < 1)
    throw unfit(`${kind}: expected a whole number of units from 1 to 2^53 - 1, got ${String(amount)}`);
  return { kind, segments: [segmentOf({ kind, amount: amount as number })], span: 0 }; // A number, by then.
}

function holding({ hold, lost }: Words): Partial<Check> {
  if (lost !== undefined && lost !== 'keep' && lost !== 'return')
    throw unfit(`lost: expected keep or return, got ${JSON.stringify(lost)}`);
  if (hold === undefined && lost !== undefined) throw unfit('lost: expected beside hold, which says for how long');
  return { holdMs: hold === undefined ? 0 : durationOf('hold', hold), lost: lost ?? 'keep' };
}

/** At 100 %, instead of a refusal. */
function delaying(delay: unknown, { algorithm }: Words): Partial<Check> {
  if (delay === undefined) return {};
  if (algorithm !== 'bucket')
    throw unfit('delay: expected beside "algorithm: bucket", which alone can book an instant');
  return { rungs: [{ permille: 1000, does: 'refuse', delayMs: durationOf('delay', delay) }] };
}

function hinting(hint: unknown): Partial<Check> {
  return hint === undefined ? {} : { hintMs: durationOf('hint', hint) };
}

function durationOf(word: string, text: unknown): number {
  const ms = typeof text === 'string' ? parseDuration(text) : undefined;
  if (ms === undefined) throw unfit(`${word}: expected a duration such as "10m", got ${String(text)}`);
  return ms;
}

function refuseOthers(others: Words, rule: string): void {
  for (const word in others) throw unfit(`${word}: expected ${rule}`);
}
