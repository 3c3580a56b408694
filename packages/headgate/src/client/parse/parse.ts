import { assemble } from './assemble.ts';
import { bodyHints } from './body.ts';
import { collect, type HeadersLike } from './collect.ts';
import { dateOf, most, numberOf } from './instant.ts';
import { itemsOf, unquoted } from './items.ts';
import { fieldNameOf, type FieldName } from './names.ts';
import { gather, type Group } from './sets.ts';
import type { ParseOptions, RateLimitInfo, ToldLimit } from './told.ts';
import { whenOf, type Clocks } from './when.ts';

/**
 * Reads what an answer tells about limits, in any dialect. It never throws, and keeps nothing between calls: instants that
 * a server's clock told are turned into ours by the answer's own `Date` (and `Age`, if it was cached), and `skew`.
 */
export function parseRateLimit(headers: HeadersLike, options: ParseOptions): RateLimitInfo {
  const { nowMs, status, body = '', hint = {}, skew = (toldMs) => toldMs } = options;
  const fields = collect(headers);
  const told = serverNow(fields);
  const skewMs = told === undefined ? undefined : skew(told - nowMs);
  const ambiguous: string[] = [];
  const clocks: Clocks = { nowMs, hint, ours: (atMs) => atMs - (skewMs ?? 0), note: (words) => ambiguous.push(words) };
  const [limits, coarse, fine] = read(fields, clocks);
  const hints = bodyHints(body, clocks);
  const retryAtMs = soonest(coarse, fine) ?? hints.retryAtMs;
  const binding = bindingOf(limits);
  const refused = status === 429 && retryAtMs === undefined;
  const concurrency =
    refused && (hints.concurrency || (binding?.kind === 'concurrency' && (binding.remaining ?? 1) <= 0));
  const atMs = refused && !concurrency ? lastReset(limits) : retryAtMs;
  return { limits, binding, concurrency, ambiguous, skewMs, retryAtMs: atMs && Math.max(atMs, nowMs) };
}

/** RFC 9111 4.2.3: a stored answer is `Age` seconds older than its `Date` tells. */
function serverNow(fields: ReadonlyMap<string, string>): number | undefined {
  const date = dateOf(fields.get('date') ?? '');
  return date === undefined ? undefined : date[0] + (numberOf(fields.get('age') ?? '') ?? 0) * 1000;
}

/** What fields tell: limits, and until when to wait, to the second and to the millisecond. */
type Read = readonly [limits: readonly ToldLimit[], coarse: readonly number[], fine: readonly number[]];

function read(fields: ReadonlyMap<string, string>, clocks: Clocks): Read {
  const groups = new Map<string, Group>();
  const [coarse, fine]: [number[], number[]] = [[], []];
  const about = [...fields].flatMap(([name, value]) => {
    const field = fieldNameOf(name);
    return field ? [[field, value] as const] : [];
  });
  // A number is told seconds from milliseconds by the window, so resets come last.
  about.sort(([a], [b]) => rank(a) - rank(b));
  for (const [field, value] of about) {
    const [fact, ms, set, label, windowMs] = field;
    const group = groups.get(set) ?? { label, windowMs, rows: new Map() };
    groups.set(set, group);
    if (fact === 'name') group.label ||= numberOf(value) === undefined ? unquoted(value) : '';
    // RFC 9110 10.2.3 has seconds and dates; others write fractions, milliseconds and RFC 3339.
    else if (fact === 'retry')
      // No wait is longer than three years; what is, is an instant.
      (ms ? fine : coarse).push(
        ...itemsOf(value).flatMap(([one]) => whenOf(one, clocks, ms, /^\d{1,8}(\.\d+)?$/.test(one)) ?? []),
      );
    else gather(group, field, value, clocks);
  }
  return [assemble(groups.values(), clocks.hint), coarse, fine];
}

const rank = ([fact]: FieldName): number => Number(/reset|delta/.test(fact));

/** The latest of what is told; but milliseconds that whole seconds were rounded up from are the truth of both. */
function soonest(coarse: readonly number[], fine: readonly number[]): number | undefined {
  const lastMs = most([...coarse, ...fine]);
  return most(fine.filter((atMs) => (lastMs ?? 0) - atMs < 1000)) ?? lastMs;
}

/** The least left; of equals, the one that comes back last. */
function bindingOf(limits: readonly ToldLimit[]): ToldLimit | undefined {
  return limits.toSorted(
    (a, b) => (a.remaining ?? Infinity) - (b.remaining ?? Infinity) || (b.resetAtMs ?? 0) - (a.resetAtMs ?? 0),
  )[0];
}

/** Without a wait, a refusal ends when all that is used up has come back. */
const lastReset = (limits: readonly ToldLimit[]): number | undefined =>
  most(limits.flatMap(({ remaining = 1, resetAtMs }) => (remaining > 0 ? [] : (resetAtMs ?? []))));
