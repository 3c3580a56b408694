import type { Check, Program } from '../../core/index.ts';
import type { Asking } from './asking.ts';
import type { Layout } from './layout.ts';
import { keyPartsOf, type KeyPart } from './partition.ts';
import type { Cost, Intern } from './profile.ts';
import type { Row } from './situation.ts';
import type { Timeline } from './timeline.ts';

/*
 * Limits that do not apply now, and will: whoever is told to wait until then is told by when those admit too. They are asked in a
 * program of their own, with those that apply, and only where a wait is that long.
 */

/** Those that are looked at; of more, the first. */
const MAX_LATER = 32;

export interface Later {
  /** The first instant at which one of them applies. */
  readonly fromAtMs: number;
  readonly program: Program;
  readonly keys: readonly (readonly KeyPart[])[];
  readonly costs: readonly Cost[];
}

/** What a check of one that applies later is made by. */
export interface LaterParts {
  readonly layout: Layout;
  readonly intern: Intern;
  readonly checkOf: (row: Row, record: number, slot: number) => Check;
  readonly costOf: (row: Row) => Cost;
}

/** Undefined where none is known. */
export function laterOf(
  timeline: Timeline,
  asking: Asking,
  {
    records,
    checks,
    costs,
  }: { readonly records: readonly number[]; readonly checks: readonly Check[]; readonly costs: readonly Cost[] },
  { layout, intern, checkOf, costOf }: LaterParts,
): Later | undefined {
  const found = rowsToCome(timeline);
  const [first] = found;
  const [present] = timeline.coming;
  if (first === undefined || present === undefined) return undefined;
  const places = found.map(({ row }) => layout.placeOf(row.partition, asking.ask.operation.index));
  const all = [...new Set([...records, ...places.map(({ record }) => record)])];
  const more = found.map(({ row }, i) => checkOf(row, all.indexOf(places[i]?.record ?? -1), places[i]?.slot ?? 0));
  return {
    fromAtMs: first.fromAtMs,
    program: intern(all, [...checks, ...more], present.untilAtMs),
    keys: all.map((record) =>
      keyPartsOf(layout.records[record]?.parts ?? [], [...present.situation.rows, ...found.map(({ row }) => row)]),
    ),
    costs: [...costs, ...found.map(({ row }) => costOf(row))],
  };
}

/** Each that applies at some time that is known, and not now, from when on; what is held has no time to tell. */
function rowsToCome({
  coming: [present, ...coming],
}: Timeline): readonly { readonly row: Row; readonly fromAtMs: number }[] {
  const known = new Set(present?.situation.rows.map(({ layout }) => layout));
  const found: { row: Row; fromAtMs: number }[] = [];
  for (const { fromAtMs, situation } of coming) {
    if (situation.refused !== undefined) continue;
    for (const row of situation.rows) {
      if (known.has(row.layout) || (row.layout.limit.kind !== 'rate' && row.layout.kind !== 'quota')) continue;
      known.add(row.layout);
      if (found.length < MAX_LATER) found.push({ row, fromAtMs });
    }
  }
  return found;
}
