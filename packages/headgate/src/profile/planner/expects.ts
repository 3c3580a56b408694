import { FIGURES, type Expectation, type Outcome } from '../../core/index.ts';
import { rampOf, type Standing } from '../expression/index.ts';
import { OF_ONE, rampExpectations, rampStanding } from './ramps.ts';
import { PlanFault } from '../faults.ts';
import type { Ask, Plan, PlannedLimit, Round } from '../plan.ts';

/*
 * What was read of counters may have changed when a step is carried out elsewhere. So the step says between which standings the same
 * would have been planned; the edges are looked for at distances that double, and hold for figures that turn once as use grows.
 */

/** Distances looked at to each side. */
const MAX_DOUBLINGS = 20;

/** How the limits of a round stand, told by its peek, beside those that were known. */
export function standingsAfter(
  { plan, standings }: Round,
  outcome: Outcome | undefined,
  known: Ask['standings'] = new Map(),
): ReadonlyMap<string, Standing> {
  const found = plan.limits.map((limit, i): [string, Standing] => [
    limit.name,
    { limit: limit.shown, left: (outcome?.figures[i * FIGURES] ?? 0) / unitOf(limit) },
  ]);
  const ramped = rampsOf(plan).map(({ limit, at }): [string, Standing] => [rampOf(limit), rampStanding(outcome, at)]);
  return new Map([...known, ...standings, ...found, ...ramped]);
}

/** Each ramp, and where its checks begin. */
function rampsOf({ ramps = [], program }: Plan): readonly { readonly limit: string; readonly at: number }[] {
  const first = program.checks.length - ramps.length * OF_ONE;
  return ramps.map((limit, i) => ({ limit, at: first + i * OF_ONE }));
}

function unitOf({ precision }: PlannedLimit): number {
  return 10 ** precision;
}

export function expectsOf(
  names: readonly string[],
  comesTo: (ask: Ask) => string,
): (ask: Ask, plan: Plan) => readonly Expectation[] {
  return (ask, plan) => {
    const told = (one: Ask): string | undefined => {
      try {
        return comesTo(one);
      } catch (error) {
        if (error instanceof PlanFault) return undefined;
        throw error;
      }
    };
    const same = told(ask);
    const ramped = rampsOf(plan).flatMap(({ limit, at }) => {
      const standing = ask.standings?.get(rampOf(limit));
      return standing === undefined ? [] : rampExpectations(standing, at);
    });
    const read = plan.limits.flatMap((limit, check) => {
      const standing = ask.standings?.get(limit.name);
      if (standing === undefined || !names.includes(limit.name)) return [];
      const units = Math.round(standing.left * unitOf(limit));
      const isSame = (left: number): boolean =>
        told({ ...ask, standings: among(ask, limit, { ...standing, left: left / unitOf(limit) }) }) === same;
      const most = Math.round(limit.shown * unitOf(limit));
      return [{ check, least: edge(units, -1, 0, isSame), most: edge(units, 1, Math.max(most, units), isSame) }];
    });
    return [...read, ...ramped];
  };
}

function among({ standings }: Ask, { name }: PlannedLimit, standing: Standing): ReadonlyMap<string, Standing> {
  return new Map([...(standings ?? []), [name, standing]]);
}

/** The furthest standing at which the same is planned, no further than `end`. */
function edge(from: number, step: 1 | -1, end: number, isSame: (left: number) => boolean): number {
  if (isSame(end)) return end;
  let furthest = from;
  for (let i = 0; i < MAX_DOUBLINGS; i++) {
    const next = from + step * 2 ** i;
    if ((end - next) * step <= 0 || !isSame(next)) return furthest;
    furthest = next;
  }
  return furthest;
}
