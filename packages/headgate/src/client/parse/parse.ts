import { assemble } from './assemble.ts';
import { bodyHints } from './body.ts';
import { collect, type HeadersLike } from './collect.ts';
import { dateOf, numberOf } from './instant.ts';
import { unquoted } from './items.ts';
import { fieldNameOf, type FieldName } from './names.ts';
import { gather, type Group } from './sets.ts';
import type { ParseOptions, RateLimitInfo, ToldLimit } from './told.ts';
import { whenOf, type Clocks } from './when.ts';

/** Fields about limits that are looked at; an answer has a dozen. */
const MAX_TOLD = 64;

/**
 * Reads what an answer tells about limits, in any dialect. It never throws, and keeps nothing between calls: instants that
 * a server's clock told are turned into ours by `skewMs`, else by the answer's own `Date` (and `Age`, if it was cached).
 */
export function parseRateLimit(headers: HeadersLike, options: ParseOptions): RateLimitInfo {
  const { nowMs, status, body = '', hint = {} } = options;
  const fields = collect(headers);
  const told = serverNow(fields);
  const skewMs = options.skewMs ?? (told === undefined ? undefined : told - nowMs);
  const ambiguous: string[] = [];
  const clocks: Clocks = { nowMs, hint, ours: (atMs) => atMs - (skewMs ?? 0), note: (words) => ambiguous.push(words) };
  const { limits, waits } = read(fields, clocks);
  const { retryAtMs = soonest(waits), concurrency: held } = bodyHints(waits.length > 0 ? '' : body, clocks);
  const binding = bindingOf(limits);
  const refused = status === 429 && retryAtMs === undefined;
  const concurrency = refused && (held || (binding?.kind === 'concurrency' && (binding.remaining ?? 1) <= 0));
  const atMs = refused && !concurrency ? lastReset(limits) : retryAtMs;
  return { limits, binding, concurrency, ambiguous, skewMs, retryAtMs: atMs && Math.max(atMs, nowMs) };
}

/** RFC 9111 4.2.3: a stored answer is `Age` seconds older than its `Date` tells. */
function serverNow(fields: ReadonlyMap<string, string>): number | undefined {
  const date = dateOf(fields.get('date') ?? '');
  return date === undefined ? undefined : date.atMs + Math.max(0, numberOf(fields.get('age') ?? '') ?? 0) * 1000;
}

interface Wait {
  readonly atMs: number;
  readonly fine: boolean;
}

function read(fields: ReadonlyMap<string, string>, clocks: Clocks): { limits: ToldLimit[]; waits: Wait[] } {
  const groups = new Map<string, Group>();
  const waits: Wait[] = [];
  const about = [...fields].flatMap(([name, value]) => {
    const field = fieldNameOf(name);
    return field === undefined ? [] : [{ field, value }];
  });
  // A number is told seconds from milliseconds by the window, so windows come first.
  const sorted = about.slice(0, MAX_TOLD).toSorted((a, b) => rank(a.field) - rank(b.field));
  for (const { field, value } of sorted) {
    if (field.fact === 'retry') waits.push(...waitOf(value, field, clocks));
    else {
      const group = groups.get(field.set) ?? { label: field.label, windowMs: field.windowMs, rows: new Map() };
      groups.set(field.set, group);
      if (field.fact !== 'name') gather(group, field, value, clocks);
      else if (numberOf(value) === undefined) group.label ||= unquoted(value);
    }
  }
  return { limits: assemble(groups.values(), clocks.hint), waits };
}

const rank = ({ fact }: FieldName): number => (fact === 'reset' ? 2 : fact === 'limit' || fact === 'window' ? 0 : 1);

/** RFC 9110 10.2.3 has seconds and dates; others write fractions, milliseconds and RFC 3339. */
function waitOf(value: string, field: FieldName, clocks: Clocks): Wait[] {
  const short = /^\d{1,8}(\.\d+)?$/.test(value);
  const atMs = whenOf(value, { ms: field.ms, delta: short, windowMs: undefined }, clocks);
  return atMs === undefined ? [] : [{ atMs, fine: field.ms }];
}

/** The latest of what is told; but milliseconds that whole seconds were rounded up from are the truth of both. */
function soonest(waits: readonly Wait[]): number | undefined {
  const lastMs = most(waits.map(({ atMs }) => atMs)) ?? 0;
  const rounded = waits.filter(({ atMs, fine }) => fine && lastMs - atMs < 1000);
  return most(rounded.map(({ atMs }) => atMs)) ?? (lastMs || undefined);
}

/** The least left; of equals, the one that comes back last. */
function bindingOf(limits: readonly ToldLimit[]): ToldLimit | undefined {
  const left = ({ remaining }: ToldLimit): number => remaining ?? Infinity;
  const [first] = limits.toSorted((a, b) => left(a) - left(b) || (b.resetAtMs ?? 0) - (a.resetAtMs ?? 0));
  return first;
}

/** Without a wait, a refusal ends when all that is used up has come back. */
const lastReset = (limits: readonly ToldLimit[]): number | undefined =>
  most(limits.flatMap(({ remaining = 1, resetAtMs }) => (remaining > 0 ? [] : (resetAtMs ?? []))));

const most = (all: readonly number[]): number | undefined => (all.length > 0 ? Math.max(...all) : undefined);
