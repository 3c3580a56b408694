import { HeadgateError, type Clock, type Outcome } from '../core/index.ts';
import { standingsAfter, type Plan, type Planner, type Standing, type SurveyAsk } from '../profile/index.ts';
import { upon, type Port, type Soon } from './soon.ts';

/** Who is asked, and by whose plans. */
interface Looking {
  readonly planner: Planner;
  readonly port: Port;
  readonly clock: Clock;
}

/**
 * An ask with the standings that its figures read: counters are looked at, round by round. A store that answers at once is not let go of
 * before what was found is used. The same ask where no figure reads any.
 * @throws HeadgateError `ERR_STALE`, and the store's faults
 */
export function informed<A extends SurveyAsk>(looking: Looking, ask: A, round = 0): Soon<A> {
  if (round >= looking.planner.rounds) return ask;
  return upon(roundOf(looking, ask, round), (standings) => informed(looking, { ...ask, standings }, round + 1));
}

function roundOf(looking: Looking, ask: SurveyAsk, at: number): Soon<ReadonlyMap<string, Standing>> {
  const { planner, clock } = looking;
  const first = planner.round(ask, at);
  return upon(glance(looking, first.plan), (outcome) => {
    if (outcome?.status !== 'stale') return standingsAfter(first, outcome, ask.standings);
    const second = planner.round({ ...ask, nowMs: clock.wallMs() }, at);
    return upon(glance(looking, second.plan), (later) => {
      if (later?.status !== 'stale') return standingsAfter(second, later, ask.standings);
      throw new HeadgateError('ERR_STALE', 'the figures in force changed twice while counters were looked at');
    });
  });
}

function glance({ port }: Looking, { program, keys, costs }: Plan): Soon<Outcome | undefined> {
  return program.checks.length === 0 ? undefined : port.apply({ op: 'peek', program, keys, costs });
}
