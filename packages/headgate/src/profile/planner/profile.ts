import { checkOf, FOREVER, nextProgramId, type Check, type Program } from '../../core/index.ts';
import { periodAt, type Span } from '../calendar/index.ts';
import type { Limit, Value } from '../compiled.ts';
import { evaluate, type Expr } from '../expression/index.ts';
import type { PlannedBlock, PlannedLadder, PlannedLimit } from '../plan.ts';
import type { Asking } from './asking.ts';
import { costOf, isCalendar, measureOf } from './figures.ts';
import { identityOf, limitIdOf, slicesOf, spanText, type Layout, type Place } from './layout.ts';
import { keyPartsOf, type KeyPart } from './partition.ts';
import { publishedOf } from './publish.ts';
import { blockCheck, plannedBlock } from './blocks.ts';
import { ladderOf, rungsOf } from './ladder.ts';
import { laterOf, type Later } from './later.ts';
import { scaledByOf } from './scaled.ts';
import { OF_ONE, rampChecks, rampCost, type Ramped } from './ramps.ts';
import type { Row } from './situation.ts';
import { periodsOf, segmentsOf, type Timeline } from './timeline.ts';
import type { Calendars } from './zones.ts';

/** What is the same for all asks of one profile, for as long as it is true. */
export interface Profile {
  readonly fromAtMs: number;
  readonly untilAtMs: number;
  readonly refused: string | undefined;
  /** The plan that an override puts in force. */
  readonly plan: string | undefined;
  readonly program: Program;
  /** Which kinds of record they are, in the program's order. */
  readonly records: readonly number[];
  readonly limits: readonly PlannedLimit[];
  readonly blocks: readonly PlannedBlock[];
  /** Parts of each record's key, in the program's order. */
  readonly keys: readonly (readonly KeyPart[])[];
  readonly costs: readonly Cost[];
  /** All costs, when none depends on the ask. */
  readonly fixedCosts: readonly number[] | undefined;
  /** Whether a partition names several of its values at once. */
  readonly spreads: boolean;
  /** Whether anything is reserved. */
  readonly holds: boolean;
  /** Whether anything counts only once it has lasted. */
  readonly awaits: boolean;
  /** Limits that were looked for and that the plan lacks. */
  readonly lacked: readonly string[];
  /** Limits whose ramps stand last among the checks, two of each. */
  readonly ramps: readonly string[];
  /** With limits that will apply; undefined where none will that does not. */
  readonly later: Later | undefined;
}

export type Cost =
  | { readonly is: 'fixed'; readonly cost: number }
  | { readonly is: 'value'; readonly value: Value; readonly limit: string; readonly least: number }
  | { readonly is: 'measure'; readonly of: Expr; readonly limit: string }
  /** Of what passes: nothing of it is known yet but what is declared. */
  | { readonly is: 'declared' }
  | { readonly is: 'file'; readonly when: Expr | undefined }
  | { readonly is: 'ramp'; readonly limit: string; readonly use: Expr | undefined };

/** Makes programs, one for each set of checks: asks that come to the same figures share one, whoever they are. */
export type Intern = (records: readonly number[], checks: readonly Check[], validUntilMs: number) => Program;

/** Compiles what applies now, and what is known of later, to a profile. */
export function profileOf(
  layout: Layout,
  calendars: Calendars,
  asking: Asking,
  timeline: Timeline,
  intern: Intern,
): Omit<Profile, 'plan'> {
  const [current] = timeline.coming;
  if (current === undefined) throw new RangeError('a profile needs the present');
  const { rows, blocks, refused } = current.situation;
  const blockPlaces = blocks.map(({ partition }) => layout.placeOf(partition, asking.ask.operation.index));
  const ladders = rows.map((row) => ladderOf(row.layout.limit, asking.scope, asking.maxDelayMs));
  const placeOf = (row: Row): Place =>
    isStateful(row) ? layout.placeOf(row.partition, asking.ask.operation.index) : NOWHERE;
  const ramps = current.situation.ramps ?? rows.filter(({ layout: { limit } }) => limit.ramp !== undefined);
  const rampPlaces = ramps.map(({ partition }) => layout.placeOf(partition, asking.ask.operation.index));
  const places = [...rows.map((row) => placeOf(row)), ...blockPlaces, ...rampPlaces];
  const records = [...new Set(places.map(({ record }) => record))].filter((record) => record >= 0);
  let { fromAtMs, untilAtMs } = current;
  const limitChecks = rows.map((row, i) => {
    const periods =
      row.layout.kind === 'quota' ? periodsOf(row, spansOf(row, calendars, asking), asking.ask.nowMs) : [];
    fromAtMs = Math.max(fromAtMs, periods[0]?.fromAtMs ?? 0);
    untilAtMs = Math.min(untilAtMs, periods[0]?.untilAtMs ?? FOREVER);
    const { record, slot } = placeOf(row);
    const segments = segmentsOf(row, timeline, periods);
    const check = checkFor(row, records.indexOf(record), slot, segments, leaseFor(row, asking));
    const { count } = row.layout.limit;
    return { ...check, rungs: rungsOf(ladders[i], count), denials: count === 'denials' ? sourcesOf(row, rows) : [] };
  });
  const blockChecks = blocks.map((block, i) =>
    blockCheck(block, blockPlaces[i] ?? NOWHERE, records, rows, ladders, asking),
  );
  const rampsAt = rampPlaces.map(({ record, slot }) => ({ record: records.indexOf(record), slot }));
  const ramped = ramps.flatMap((ramp, i) => rampChecks(ramp, rampsAt[i]?.record ?? -1, rampsAt[i]?.slot ?? 0));
  const checks = [...limitChecks, ...blockChecks, ...ramped];
  const costs = [...rows.map(costFor), ...blocks.map((): Cost => FREE), ...ramps.flatMap(rampCosts)];
  const later = laterOf(
    timeline,
    asking,
    { records, checks, costs },
    {
      layout,
      intern,
      costOf: costFor,
      checkOf(row, record, slot) {
        const periods =
          row.layout.kind === 'quota' ? periodsOf(row, spansOf(row, calendars, asking), asking.ask.nowMs) : [];
        const check = checkFor(row, record, slot, segmentsOf(row, timeline, periods), 0);
        const { limit } = row.layout;
        // What another window counted moves when this one applies, and not before.
        return { ...check, carries: [], rungs: rungsOf(ladderOf(limit, asking.scope, asking.maxDelayMs), limit.count) };
      },
    },
  );
  return {
    fromAtMs,
    untilAtMs,
    later,
    refused,
    program: intern(records, checks, untilAtMs),
    records,
    limits: rows.map((row, i) => plannedLimit(row, ladders[i], asking)),
    blocks: blocks.map(plannedBlock),
    keys: records.map((record) => keyPartsOf(layout.records[record]?.parts ?? [], rows)),
    costs,
    fixedCosts: costs.every((cost) => cost.is === 'fixed') ? costs.map(({ cost }) => cost) : undefined,
    spreads: records.some((record) =>
      (layout.records[record]?.parts ?? []).some((part) => part.is === 'expr' && part.each),
    ),
    holds: checks.some(({ holdMs }) => holdMs > 0),
    awaits: rows.some(({ layout: { limit } }) => limit.hold?.after !== undefined),
    lacked: current.situation.lacked ?? [],
    ramps: ramps.map(({ layout: { limit } }) => limit.name),
  };
}

const FREE: Cost = { is: 'fixed', cost: 0 };

/** Both counters of a ramp rise together. */
function rampCosts({ layout: { limit } }: Ramped): readonly Cost[] {
  return Array.from({ length: OF_ONE }, () => ({ is: 'ramp', limit: limit.name, use: limit.ramp?.while }));
}

/** The checks whose denials are counted. */
function sourcesOf({ layout }: Row, rows: readonly Row[]): readonly number[] {
  const { denials = [] } = layout.limit;
  return [...rows.entries()].flatMap(([i, row]) => (denials.includes(row.layout.limit.name) ? i : []));
}

/** Which span a quota counts over at an instant: a period of its calendar, or an opening of its schedule. */
function spansOf(
  { layout: { limit }, figure: { period = 'ever' } }: Row,
  calendars: Calendars,
  { scope }: Asking,
): (atMs: number) => Span {
  if (!isCalendar(period))
    return (atMs) => calendars.openingOf(period, scope, atMs) ?? { fromAtMs: 0, untilAtMs: FOREVER };
  const calendar = calendars.calendarOf(limit.calendar, () => scope);
  return (atMs) => periodAt(atMs, period, calendar);
}

const NOWHERE: Place = { record: -1, slot: 0, name: '' };

/** A size is judged on the request alone. */
function isStateful({ layout }: Row): boolean {
  return layout.kind !== 'size';
}

function checkFor(
  { layout, partition, figure }: Row,
  record: number,
  slot: number,
  segments: Check['segments'],
  holdMs: number,
): Check {
  const { limit, kind, spans } = layout;
  const others = spans.filter((span) => spanText(span) !== spanText(figure));
  return checkOf({
    limitId: limitIdOf(layout, partition, figure),
    kind,
    record,
    slot,
    count: limit.count,
    align: limit.align,
    windowMs: figure.windowMs ?? 0,
    slices: slicesOf(layout),
    segments,
    carries: record < 0 ? [] : others.map((span) => limitIdOf(layout, partition, span)),
    holdMs,
    atLeast: limit.hold?.any === true || limit.hold?.after !== undefined ? 1 : 0,
    hintMs: limit.hold?.hintMs ?? 0,
    scaledBy: record < 0 ? 0 : scaledByOf(limit, identityOf(layout, partition, figure)),
  });
}

/** How long what is charged stays reserved, in ms. A lease that cannot be told is the longest that the policy names. */
function leaseFor({ layout: { limit } }: Row, { scope }: Asking): number {
  return limit.hold === undefined ? 0 : Math.max(1, costOf(limit.hold.lease, scope, `${limit.name}.hold.lease`));
}

function costFor({ layout: { limit } }: Row): Cost {
  if (limit.hold?.after !== undefined) return FREE;
  if (limit.measures === 'request.bytes') return { is: 'declared' };
  if (limit.measures === 'file.bytes') return { is: 'file', when: limit.when };
  if (limit.measures !== undefined) return { is: 'fixed', cost: 0 };
  if (limit.kind === 'size' && limit.of !== undefined) return { is: 'measure', of: limit.of, limit: limit.name };
  const { cost } = limit;
  if (cost.is === 'literal' && Number.isSafeInteger(cost.value)) return { is: 'fixed', cost: Number(cost.value) };
  return { is: 'value', value: cost, limit: limit.name, least: isReserve(limit) ? 1 : 0 };
}

/** Whether what it really costs is told later: of that, a request must not get free by saying that it needs nothing. */
function isReserve({ kind, hold }: Limit): boolean {
  if (hold === undefined || hold.any === true || hold.counts !== undefined) return false;
  return hold.actual !== undefined || kind === 'rate' || kind === 'quota';
}

/** What one ask costs on each check. */
export function costsOf(profile: Pick<Profile, 'costs' | 'fixedCosts'>, asking: Asking): readonly number[] {
  return profile.fixedCosts ?? profile.costs.map((cost) => costOn(cost, asking));
}

/** What one ask costs on one check. */
export function costAt({ costs }: Pick<Profile, 'costs'>, i: number, asking: Asking): number {
  const cost = costs[i];
  return cost === undefined ? 0 : costOn(cost, asking);
}

/** What each check keeps of what it reserves when nobody says what became of it. */
export function lossesOf({ limits }: Profile, costs: readonly number[], asking: Asking): readonly number[] {
  return limits.map((limit, i) => lossOf(limit, costs[i] ?? 0, asking));
}

export function lossOf({ name, kind, hold }: PlannedLimit, cost: number, asking: Asking): number {
  if (hold?.lost !== undefined) return costOf(hold.lost, asking.scope, `${name}.cost.lost`);
  return kind === 'concurrency' ? 0 : cost;
}

/** What each check costs once it has lasted; undefined where nothing waits for that. */
export function awaitedOf({ limits, awaits }: Profile, asking: Asking): readonly number[] | undefined {
  return awaits ? limits.map((limit) => awaitOf(limit, asking)) : undefined;
}

export function awaitOf({ name, hold }: PlannedLimit, asking: Asking): number {
  return hold?.after === undefined ? 0 : costOf(hold.after.cost, asking.scope, name);
}

function costOn(cost: Cost, asking: Asking): number {
  switch (cost.is) {
    case 'fixed':
      return cost.cost;
    case 'value':
      return costOf(cost.value, asking.scope, cost.limit, cost.least);
    case 'measure':
      return measureOf(cost.of, asking.scope, cost.limit);
    case 'declared':
      return asking.ask.request?.bytes ?? 0;
    case 'file':
      return fileCost(cost.when, asking);
    case 'ramp':
      return rampCost(cost.limit, cost.use, asking.scope);
    default:
      return cost satisfies never;
  }
}

/** The declared length of the one file of a body, where the limit is for whatever it may be. Others are measured as they pass. */
function fileCost(when: Expr | undefined, asking: Asking): number {
  const file = asking.ask.request?.file;
  if (file === undefined) return 0;
  const { bytes, type, name, kinds } = file;
  const isFor = (kind: string): boolean =>
    when === undefined || evaluate(when, asking.scopeWith({ file: { kind, type, name } })) !== false;
  return kinds.some(isFor) ? bytes : 0;
}

function plannedLimit(
  { layout: { limit, order }, figure, burst, overridden }: Row,
  ladder: PlannedLadder | undefined,
  { scope }: Asking,
): PlannedLimit {
  const { precision = 0 } = limit;
  return {
    name: limit.name,
    label: limit.label,
    unit: limit.unit,
    kind: limit.kind,
    order,
    shown: burst / 10 ** precision,
    amount: figure.units / 10 ** precision,
    windowMs: figure.windowMs ?? 0,
    period: figure.period,
    answer: limit.answer,
    overridden,
    published: publishedOf(limit, scope),
    fail: limit.fail,
    measures: limit.measures,
    when: limit.measures === undefined ? undefined : limit.when,
    precision,
    hold: limit.hold,
    ladder,
  };
}

/** Programs by what is in them. */
export function internOf(layout: Layout, capacity: number): Intern {
  const programs = new Map<string, Program>();
  return (records, checks, validUntilMs) => {
    const signature = JSON.stringify([records, checks, validUntilMs]);
    let program = programs.get(signature);
    if (program !== undefined) return program;
    if (programs.size >= capacity) programs.clear();
    program = programFor(layout, records, checks, validUntilMs);
    programs.set(signature, program);
    return program;
  };
}

function programFor(
  layout: Layout,
  records: readonly number[],
  checks: readonly Check[],
  validUntilMs: number,
): Program {
  return {
    id: nextProgramId(),
    records: records.flatMap((record) => layout.records[record]?.shape ?? []),
    checks,
    validUntilMs,
    calendar:
      validUntilMs < FOREVER ||
      checks.some(({ segments }) => segments.some((segment) => segment.fromAtMs > 0 || segment.untilAtMs < FOREVER)),
  };
}
