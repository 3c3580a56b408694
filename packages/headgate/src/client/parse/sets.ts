import { durationOf, numberOf } from './instant.ts';
import { itemsOf, member, unquoted, type Item } from './items.ts';
import { FACTS, type Fact, type FieldName } from './names.ts';
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
  readonly label: string;
  name?: string;
  readonly rows: Map<string, Row>;
}

const rowOf = (group: Group, id: string): Row => {
  const row = group.rows.get(id) ?? {};
  group.rows.set(id, row);
  return row;
};

/** The member of a list that the fields outside of it speak of: the one it leads with, or the only one. */
export function ledOf({ rows }: Group): Row | undefined {
  const lead = rows.get('');
  const listed = [...rows].filter(([id]) => id !== '').map(([, row]) => row);
  return listed.find((row) => row.limit === lead?.limit) ?? (listed.length === 1 ? listed[0] : undefined);
}

/** Adds what one field tells to its group. */
export function gather(group: Group, field: FieldName, value: string, clocks: Clocks): void {
  const items = itemsOf(value);
  if (field.fact === 'name') {
    if (numberOf(value) === undefined) group.name = unquoted(value);
    return;
  }
  const many = items.length > 1;
  // `120, 120;w=60, 4;w=1` leads with the limit that the other fields speak of (draft-03).
  const led = many && items[0]?.params.size === 0 && items.some(({ params }) => params.size > 0);
  items.forEach((item, i) => one(group, field, item, many && !(led && i === 0) ? `#${i}` : '', clocks));
}

function one(group: Group, field: FieldName, item: Item, position: string, clocks: Clocks): void {
  const { head, params } = item;
  const pair = /^(\d+(?:\.\d+)?)\s*([:/])\s*(\d+(?:\.\d+)?)([a-z]*)$/.exec(head);
  if (pair) ofPair(group, field, pair, position);
  else if (head.includes('=') && !head.startsWith('"')) dictionary(group, field, item, clocks);
  else if (numberOf(head) === undefined && params.size > 0) named(group, field, item, clocks);
  else {
    const windowMs = params.get('w') ?? params.get('window');
    const row = rowOf(group, params.get('name') ?? (windowMs === undefined ? position : `w${windowMs}`));
    const name = params.get('name');
    if (name !== undefined) row.name = name;
    if (windowMs !== undefined) set(row, 'window', windowMs, field, clocks);
    set(row, field.fact === 'policy' ? 'limit' : field.fact, head, field, clocks, ledOf(group));
  }
}

/** Riot's `100:120` is a count in seconds, EVE's `150/15m` a limit in a window, Shopify's `32/40` what is used of what. */
function ofPair(group: Group, field: FieldName, [, left, sign, right, unit]: RegExpExecArray, position: string): void {
  const seconds = sign === ':' ? 's' : unit;
  if (seconds === '' || seconds === undefined) {
    const row = rowOf(group, position);
    row.used ??= Number(left);
    row.limit ??= Number(right);
    return;
  }
  const windowMs = durationOf(`${right}${seconds}`);
  const row = rowOf(group, sign === ':' ? `w${right}` : position);
  if (windowMs !== undefined) row.windowMs ??= windowMs;
  if (field.fact === 'used') row.used ??= Number(left);
  else row.limit ??= Number(left);
}

/** `limit=100, remaining=99, reset=5` (draft-07), `total=100; remaining=99; resets=41`, `api-usage=25/5000`. */
function dictionary(group: Group, field: FieldName, { head, params }: Item, clocks: Clocks): void {
  for (const [name, value] of [member(head), ...params]) {
    const fact = FACTS[name];
    const pair = /^(\d+)\/(\d+)$/.exec(value);
    if (fact !== undefined) set(rowOf(group, ''), fact, value, field, clocks);
    else if (pair) Object.assign(rowOf(group, name), { name, used: Number(pair[1]), limit: Number(pair[2]) });
  }
}

/** `"burst";q=100;w=60` and `"burst";r=50;t=30` (draft-08 and later); a `t` is always a delta. */
function named(group: Group, field: FieldName, { head, params }: Item, clocks: Clocks): void {
  const name = unquoted(head);
  const row = rowOf(group, name);
  row.name = name;
  for (const [param, value] of params) {
    const fact = FACTS[param];
    if (param === 'qu') row.held = value === 'concurrent-requests';
    else if (fact !== undefined) set(row, fact, value, { ...field, delta: param === 't' }, clocks);
  }
}

function set(row: Row, fact: Fact, text: string, field: FieldName, clocks: Clocks, led?: Row): void {
  if (fact === 'reset') return reset(row, text, field, clocks, led);
  const value = numberOf(text);
  if (fact === 'window') {
    const windowMs = value === undefined ? durationOf(text) : value * (field.fact === 'window' && field.ms ? 1 : 1000);
    if (windowMs !== undefined && windowMs > 0) row.windowMs ??= windowMs;
  } else if (value !== undefined && (fact === 'remaining' || value >= 0)) {
    if (fact === 'limit' || fact === 'remaining' || fact === 'used') row[fact] ??= value;
  }
}

function reset(row: Row, text: string, field: FieldName, clocks: Clocks, led?: Row): void {
  const exact = field.delta || durationOf(text) !== undefined;
  if (row.resetAtMs !== undefined && (row.exact || !exact)) return;
  const windowMs = row.windowMs ?? field.windowMs ?? led?.windowMs;
  const atMs = whenOf(text, { ms: field.ms, delta: field.delta, windowMs }, clocks);
  if (atMs === undefined) return;
  row.resetAtMs = atMs;
  row.exact = exact;
}
