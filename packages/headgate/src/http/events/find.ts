import {
  evaluate,
  type Ask,
  type CompiledPolicy,
  type EventOf,
  type OperationHit,
  type Planner,
} from '../../profile/index.ts';

/** Which operation an event is: the first of its kind whose `when` holds. Undefined: it is none, and nothing is asked about it. */
export type FindEvent = (ask: Omit<Ask, 'operation'>) => OperationHit | undefined;

const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});

/** Finds among the operations that `isMeant`; undefined where there are none, so that nothing need be done about such events. */
export function findAmong(
  { operations }: CompiledPolicy,
  planner: Planner,
  isMeant: (event: EventOf) => boolean,
): FindEvent | undefined {
  const candidates = operations.flatMap(({ name, event, when }, index) =>
    event !== undefined && isMeant(event) ? [{ hit: { index, name, path: NO_VARIABLES }, when }] : [],
  );
  if (candidates.length === 0) return undefined;
  return (ask) =>
    candidates.find(
      // One that cannot be told does not hold: an operation is chosen only by what is known.
      ({ hit, when }) =>
        when === undefined || evaluate(when, planner.scope({ ...ask, operation: { ...hit, index: -1 } })) === true,
    )?.hit;
}
