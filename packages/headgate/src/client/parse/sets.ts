import { durationOf, numberOf } from './instant.ts';
import { itemsOf, member, unquoted, type Item } from './items.ts';
import { FACTS, type FieldName } from './names.ts';
import { whenOf, type Clocks } from './when.ts';

/** What is gathered of one limit. */
export interface Row {
  name?: string;
  limit?: number;
  remaining?: number;
  used?: number;
  windowMs?: number;
  resetAtMs?: number;
  /** The reset told as a delta, which needs no other clock, beats one told as an instant. */
  exact?: boolean;
  held?: boolean;
}

/** Fields that belong together: one vendor's, or one resource's. Rows are windows; `''` is what stands in no list. */
export interface Group {
  label: string;
  windowMs: number | undefined;
  readonly rows: Map<string, Row>;
}

/** What one member of a list tells: of which row, and what, windows first. */
type Told = readonly [id: string, facts: Readonly<Record<string, string>>, name?: string | undefined];

/** Adds what one field tells to its group. */
export function gather(group: Group, field: FieldName, value: string, clocks: Clocks): void {
  const items = itemsOf(value);
  // `120, 120;w=60, 4;w=1` leads with the limit that the other fields speak of (draft-03).
  const led = items[0]?.[1].size === 0 && items.some(([, params]) => params.size > 0);
  items.forEach((item, i) => {
    const [id, facts, name] = toldBy(item, field, items.length > 1 && !(led && i === 0) ? `#${i}` : '');
    const row = group.rows.get(id) ?? {};
    group.rows.set(id, row);
    if (name !== undefined) row.name = name;
    for (const [fact, text] of Object.entries(facts)) set(group, row, fact, text, field, clocks);
  });
}

function toldBy([head, params]: Item, [fact]: FieldName, position: string): Told {
  const named: Record<string, string> = Object.fromEntries(
    [...params].map(([name, text]) => [FACTS[name] ?? '', text]),
  );
  // Riot's `100:120` is a count in seconds, EVE's `150/15m` a limit in a window, Shopify's `32/40` what is used of what.
  const [, left = '', sign, right = '', unit] = /^(\d+(?:\.\d+)?)\s*([:/])\s*(\d+(?:\.\d+)?)([a-z]*)$/.exec(head) ?? [];
  if (sign === ':') return [`w${right}`, { window: right, [fact]: left }];
  if (unit) return [position, { window: right + unit, limit: left }];
  if (sign) return [position, { used: left, limit: right }];
  // `limit=100, remaining=99, reset=5` (draft-07), `total=100; remaining=99; resets=41`.
  const [name, text] = member(head);
  if (text !== '' && !head.startsWith('"')) return ['', { [FACTS[name] ?? name]: text, ...named }];
  // `"burst";q=100;w=60` and `"burst";r=50;t=30` (draft-08 and later).
  const label = numberOf(head) === undefined && params.size > 0 ? unquoted(head) : params.get('name');
  return [
    label ?? (named['window'] ? `w${named['window']}` : position),
    { ...named, [fact]: named[fact] ?? head },
    label,
  ];
}

function set(group: Group, row: Row, fact: string, text: string, [about, ms]: FieldName, clocks: Clocks): void {
  const value = numberOf(text);
  switch (fact) {
    case 'held':
      row.held = text === 'concurrent-requests';
      break;
    case 'window': {
      const windowMs = value === undefined ? durationOf(text) : value * (about === fact && ms ? 1 : 1000);
      if (windowMs) row.windowMs ??= windowMs;
      break;
    }
    case 'reset':
    case 'delta': {
      const delta = fact === 'delta';
      const exact = delta || durationOf(text) !== undefined;
      const windowMs = row.windowMs ?? ledOf(group)?.windowMs;
      const atMs = row.exact || (row.resetAtMs && !exact) ? undefined : whenOf(text, clocks, ms, delta, windowMs);
      if (atMs !== undefined) [row.resetAtMs, row.exact] = [atMs, exact];
      break;
    }
    default:
      // A cast: whatever else it is called, nobody asks for it.
      if (value !== undefined && (value >= 0 || fact === 'remaining')) (row as Record<string, unknown>)[fact] ??= value;
  }
}

/** The member of a list that the fields outside of it speak of: the one it leads with, or the only one. */
export function ledOf({ rows, windowMs }: Group): Row | undefined {
  const lead = rows.get('');
  const listed = [...rows.values()].filter((row) => row !== lead);
  const led = listed.find((row) => row.limit === lead?.limit) ?? (listed[1] ? undefined : listed[0]);
  return led ?? (windowMs === undefined ? undefined : { windowMs });
}
