import { ledOf, type Group, type Row } from './sets.ts';
import type { RateLimitHint, ToldLimit } from './told.ts';

/** Turns what was gathered into limits: led rows find their windows, orphans their sets, twins become one. */
export function assemble(groups: Iterable<Group>, hint: RateLimitHint): ToldLimit[] {
  const rows = [...groups].flatMap((group) => rowsOf(group, hint));
  const orphans = rows.filter((row) => !isTold(row));
  const told = rows.filter(isTold);
  // A reset or window that no limit stands beside is that of the only limit there is (BigCommerce, Contentful).
  if (told.length === 1) for (const row of orphans) fill(told[0], row);
  const kept: Row[] = [];
  for (const row of told) {
    // Vendors that write a limit under two names (`X-Rate-Limit` and `RateLimit-Limit`) mean one.
    const twin = kept.find((other) => other.name === row.name && agree(other, row));
    if (twin) fill(twin, row);
    else kept.push(row);
  }
  return kept.map(toldOf);
}

const isTold = (row: Row): boolean => (row.limit ?? row.remaining ?? row.used) !== undefined;

const agree = (a: Row, b: Row): boolean =>
  (['limit', 'remaining', 'windowMs'] as const).every(
    // What one of them lacks is no difference.
    (fact) => (a[fact] ?? b[fact]) === (b[fact] ?? a[fact]),
  );

/** Adds what a row lacks. */
const fill = (row: Row | undefined, more: Row): void => void (row && Object.assign(row, { ...more, ...row }));

function rowsOf(group: Group, { windowsMs = [] }: RateLimitHint): Row[] {
  const { rows, label } = group;
  const lead = rows.get('');
  const listed = [...rows.values()].filter((row) => row !== lead);
  listed.forEach((row, i) => {
    const windowMs = windowsMs[i];
    if (windowMs) fill(row, { windowMs });
  });
  const led = ledOf(group);
  if (lead && led) fill(lead, led);
  const all = lead ? [lead, ...listed.filter((row) => row !== led)] : listed;
  for (const row of all) row.name ??= label;
  return all;
}

function toldOf({ name = '', held, limit, remaining, used, windowMs, resetAtMs }: Row): ToldLimit {
  const kind = held === true || /concurren/i.test(name) ? 'concurrency' : 'rate';
  const left = remaining ?? (limit === undefined || used === undefined ? undefined : limit - used);
  return { name, kind, limit, remaining: left, used, windowMs, resetAtMs: kind === 'rate' ? resetAtMs : undefined };
}
