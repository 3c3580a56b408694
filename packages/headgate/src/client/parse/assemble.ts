import { ledOf, type Group, type Row } from './sets.ts';
import type { RateLimitHint, ToldLimit } from './told.ts';

interface Named {
  readonly label: string;
  readonly row: Row;
}

/** Turns what was gathered into limits: led rows find their windows, orphans their sets, twins become one. */
export function assemble(
  groups: Iterable<Group>,
  windows: ReadonlyMap<Group, number>,
  hint: RateLimitHint,
): ToldLimit[] {
  const all = [...groups].flatMap((group) => rowsOf(group, windows.get(group), hint));
  const limits = adopt(all).filter(
    ({ row }) => row.limit !== undefined || row.remaining !== undefined || row.used !== undefined,
  );
  return twins(limits).map(toldOf);
}

function rowsOf(group: Group, windowMs: number | undefined, hint: RateLimitHint): Named[] {
  const { rows } = group;
  const lead = rows.get('');
  const listed = [...rows].filter(([id]) => id !== '').map(([, row]) => row);
  listed.forEach((row, i) => assignWindow(row, hint.windowsMs?.[i]));
  if (lead === undefined) return listed.map((row) => labelled(group, row));
  assignWindow(lead, windowMs);
  // The fields outside of the list speak of the member that the list leads with.
  const led = ledOf(group);
  if (led === undefined) return [lead, ...listed].map((row) => labelled(group, row));
  Object.assign(lead, { ...led, ...lead });
  return [lead, ...listed.filter((row) => row !== led)].map((row) => labelled(group, row));
}

function assignWindow(row: Row, windowMs: number | undefined): void {
  if (windowMs !== undefined) row.windowMs ??= windowMs;
}

const labelled = (group: Group, row: Row): Named => ({ label: row.name ?? (group.label || (group.name ?? '')), row });

/** A reset or window that no limit stands beside is that of the only limit there is (BigCommerce, Contentful). */
function adopt(all: readonly Named[]): readonly Named[] {
  const isOrphan = ({ row }: Named): boolean =>
    row.limit === undefined && row.remaining === undefined && row.used === undefined;
  const [only, ...more] = all.filter((named) => !isOrphan(named));
  if (only === undefined || more.length > 0) return all;
  for (const { row } of all.filter(isOrphan)) Object.assign(only.row, { ...row, ...only.row });
  return [only];
}

/** Vendors that write a limit under two names (`X-Rate-Limit` and `RateLimit-Limit`) mean one. */
function twins(limits: readonly Named[]): Named[] {
  const kept: Named[] = [];
  for (const named of limits) {
    const twin = kept.find((other) => other.label === named.label && agree(other.row, named.row));
    if (twin === undefined) kept.push(named);
    else Object.assign(twin.row, { ...named.row, ...twin.row });
  }
  return kept;
}

const agree = (a: Row, b: Row): boolean =>
  (['limit', 'remaining', 'used', 'windowMs'] as const).every(
    (fact) => a[fact] === undefined || b[fact] === undefined || a[fact] === b[fact],
  );

function toldOf({ label, row }: Named): ToldLimit {
  const { limit, remaining, used, windowMs, resetAtMs } = row;
  const left = remaining ?? (limit === undefined || used === undefined ? undefined : limit - used);
  const held = row.held === true || /concurren/i.test(label);
  return {
    name: label,
    kind: held ? 'concurrency' : 'rate',
    ...(limit !== undefined && { limit }),
    ...(left !== undefined && { remaining: left }),
    ...(used !== undefined && { used }),
    ...(windowMs !== undefined && { windowMs }),
    ...(resetAtMs !== undefined && !held && { resetAtMs }),
  };
}
