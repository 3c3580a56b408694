import { nextProgramId, type Check, type Program } from '../../core/index.ts';
import { TwoGenerations, type PlannedLimit, type Subject } from '../../profile/index.ts';
import type { Port } from '../soon.ts';
import { Reservation } from './reservation.ts';

/** What a later release writes otherwise, this one does not read. */
const FORMAT = 1;
/** Programs that are known by their text, half of them from the last generation: jobs of one plan are ended by the same. */
const MAX_PROGRAMS = 2000;

/** A reservation as it is written down, but for its program, which is a line of its own. */
interface Written {
  readonly format: number;
  readonly id: string;
  readonly operation: string;
  readonly subject: Subject;
  readonly keys: readonly string[];
  readonly limits: readonly PlannedLimit[];
  readonly costs: readonly number[];
  /** Units that each check holds. */
  readonly left: readonly number[];
  /** Under which each check is held. */
  readonly names: readonly (readonly string[])[];
}

/**
 * Some checks of a reservation as text: whatever it takes to end them elsewhere, and by another policy.
 * @param isWhole with the names that they are held under
 */
export function written(reservation: Reservation, checks: readonly number[], isWhole: boolean): string {
  const { id, operation, subject, keys, limits, costs, names } = reservation;
  const { text, records } = partOf(reservation.program, checks);
  const head: Written = {
    format: FORMAT,
    id,
    operation,
    subject,
    keys: records.map((r) => keys[r] ?? ''),
    limits: checks.flatMap((i) => limits.slice(i, i + 1)).map(endedBy),
    costs: checks.map((i) => costs[i] || reservation.leftOf(i)),
    left: checks.map((i) => reservation.leftOf(i)),
    names: isWhole ? checks.map((i) => names?.[i] ?? []) : [],
  };
  return `${JSON.stringify(head)}\n${text}`;
}

/** The same again; undefined for what this release did not write: nobody's then. */
export function revived(text: string, by: Port, nowMs: number): Reservation | undefined {
  const at = text.indexOf('\n');
  try {
    const head = JSON.parse(text.slice(0, at)) as Written; // What `written` wrote, or a later release.
    return head.format === FORMAT ? made(head, programOf(text.slice(at + 1)), by, nowMs) : undefined;
  } catch {
    return undefined;
  }
}

function made(head: Written, program: Program, by: Port, nowMs: number): Reservation {
  const { id: reservationId, operation, subject, keys, limits, costs } = head;
  const plan = { program, keys, limits, costs };
  const reservation = new Reservation({ plan, reservationId, by }, operation, subject, 0, nowMs);
  reservation.isRead = true;
  for (const [i, units] of head.left.entries()) if (units !== costs[i]) reservation.leave(i, units);
  for (const [i, names] of head.names.entries()) if (names.length > 0) reservation.namesOf(i).push(...names);
  return reservation;
}

/** What is read of a limit where something that it holds is ended. */
function endedBy(limit: PlannedLimit): PlannedLimit {
  const { name, kind, unit, precision, ladder, hold } = limit;
  const how = hold && { lease: 0, ends: [], ...(hold.id && { id: hold.id }), ...(hold.meter && { meter: hold.meter }) };
  // Whatever else a limit says is for those who are judged by it.
  return { name, kind, unit, precision, ladder, hold: how } as unknown as PlannedLimit;
}

interface Part {
  readonly text: string;
  /** Which of the program's records it is of. */
  readonly records: readonly number[];
}

/** By program, and by checks: as many as one program's requests ever leave. */
const parts = new WeakMap<Program, Map<string, Part>>();

function partOf(program: Program, checks: readonly number[]): Part {
  let known = parts.get(program);
  if (known === undefined) parts.set(program, (known = new Map<string, Part>()));
  const which = checks.join();
  let part = known.get(which);
  if (part === undefined) known.set(which, (part = madePart(program, checks)));
  return part;
}

function madePart({ records, checks, validUntilMs, calendar }: Program, which: readonly number[]): Part {
  const own = which.flatMap((i) => checks.slice(i, i + 1));
  const at = [...new Set(own.map(({ record }) => record))];
  const shapes = at
    .flatMap((r) => records.slice(r, r + 1))
    .map(({ id, fields }) => ({
      id,
      fields: fields.filter(({ limitId }) => own.some((check) => check.limitId === limitId)),
    }));
  const moved = own.map((check) => alone(check, at.indexOf(check.record)));
  return { text: JSON.stringify({ records: shapes, checks: moved, validUntilMs, calendar }), records: at };
}

/** Nothing is judged by it: what it has to do with other checks is left out. */
function alone(check: Check, record: number): Check {
  return { ...check, record, trigger: -1, denials: [], rungs: [], carries: [] };
}

const programs = new TwoGenerations<string, Program>(MAX_PROGRAMS / 2);

function programOf(text: string): Program {
  let program = programs.get(text);
  if (program === undefined) {
    program = { ...(JSON.parse(text) as Omit<Program, 'id'>), id: nextProgramId() }; // What `madePart` made.
    programs.set(text, program);
  }
  return program;
}
