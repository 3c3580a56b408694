import { FOREVER, nextProgramId, type Check, type Program, type Segment } from '../../core/index.ts';

const known = new WeakMap<Program, Program>();

/**
 * The program that ends what another one reserved. A reservation is ended when it is ended, whatever calendar holds by then: nothing is judged
 * by it, so that its last figures may stand for ever. A quota finds by the period of the charge whether it still counts.
 */
export function resolvingOf(program: Program): Program {
  if (!program.calendar) return program;
  let made = known.get(program);
  if (made === undefined) known.set(program, (made = withoutCalendar(program)));
  return made;
}

function withoutCalendar(program: Program): Program {
  const checks = program.checks.map((check) => ({ ...check, segments: segmentsOf(check) }));
  return { ...program, id: nextProgramId(), checks, validUntilMs: FOREVER, calendar: true };
}

function segmentsOf({ kind, segments }: Check): readonly Segment[] {
  const last = segments.length - 1;
  // The last is of the period that follows all that are known: what was charged in any of them never lies ahead of it.
  if (kind === 'quota') return segments.slice(last).map((one) => ({ ...one, ...ALWAYS }));
  return segments.map((one, i) => ({
    ...one,
    ...(i === 0 && { fromAtMs: 0 }),
    ...(i === last && { untilAtMs: FOREVER }),
  }));
}

const ALWAYS = { fromAtMs: 0, untilAtMs: FOREVER };
