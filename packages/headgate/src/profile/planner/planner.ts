import { FOREVER, plugAll } from '../../core/index.ts';
import type { CompiledPolicy, Operation } from '../compiled.ts';
import type { HostFunction, Scope } from '../expression/index.ts';
import { PlanFault } from '../faults.ts';
import type { Ask, Plan, Planner, Round, SurveyAsk } from '../plan.ts';
import { Asking, indexed, type Places } from './asking.ts';
import { Bundle, elementsOf, type Element } from './batch.ts';
import { TwoGenerations } from './cache.ts';
import { keyOf } from './key.ts';
import { layoutOf } from './layout.ts';
import { inForce, overridesOf, planOf, type Matched } from './overrides.ts';
import { profileKeysOf } from './profile-key.ts';
import { awaitedOf, costsOf, internOf, lossesOf, profileOf, type Profile } from './profile.ts';
import { situationOf, type Situation } from './situation.ts';
import { surveyOf } from './survey.ts';
import { expectsOf } from './expects.ts';
import { roundsOf, standingOf, uncounted } from './uses.ts';
import { timelineOf } from './timeline.ts';
import { calendarsOf, type ZoneSource } from './zones.ts';

/** Profiles remembered, half of them from the last generation. */
const MAX_PROFILES = 5000;
/** Programs remembered; beyond it they are made anew, with new ids. */
const MAX_PROGRAMS = 10_000;

export interface PlannerOptions {
  /** Tables of zones that subjects bring; the ones that the policy names are in the policy. Default: those of the platform. */
  readonly zoneTable?: ZoneSource;
  /** Functions that expressions call as `host("NAME", …)`: each must return at once, and throw nothing. */
  readonly hosts?: Readonly<Record<string, HostFunction>>;
  /** Nobody is held back for longer, whatever a policy says. In ms. */
  readonly maxDelayMs?: number;
  /** Digests texts, such as SHA-256 in hex: fingerprints of requests are long without. */
  readonly digest?: (text: string) => string;
  /** The registered part of a domain name, for `domain.registered`. Without it nobody can tell. */
  readonly registered?: (name: string) => string | undefined;
  /** What tells this gate from others over the same store: limits with a scope count by it. Default: all are one. */
  readonly places?: Places;
  /** Told once of each zone that nobody knows. */
  readonly onUnknownZone?: (fault: PlanFault) => void;
}

/** Surveys remembered, half of them from the last generation. */
const MAX_SURVEYS = 1000;

type SituationAt = (asking: Asking, active: Matched['overrides'], isPresent: boolean) => Situation;

/** More than one request may ask for: no wait helps. */
const TOO_MANY: Plan = {
  refused: 'exceeded',
  program: { id: 0, records: [], checks: [], validUntilMs: FOREVER, calendar: false },
  keys: [],
  costs: [],
  limits: [],
  blocks: [],
  losses: undefined,
};

/** A situation that cannot be foreseen: nothing is concluded from it. */
const UNFORESEEN: Situation = { refused: 'unforeseen', rows: [], blocks: [] };

/**
 * Makes the planner of a policy. What can be known before a request is worked out here; what can be known of
 * many requests is worked out once and remembered, within bounds.
 * @throws PlanFault `ERR_PLAN_COLLISION`, `ERR_PLAN_ZONE`
 */
export function createPlanner(policy: CompiledPolicy, options: PlannerOptions = {}): Planner {
  plugAll();
  const calendars = calendarsOf(policy, options.zoneTable, options.onUnknownZone);
  const index = indexed(policy, calendars.openingOf, options);
  const layout = layoutOf(policy);
  const overrides = overridesOf(policy);
  const profileKeys = profileKeysOf(policy);
  const intern = internOf(layout, MAX_PROGRAMS);
  const looksBack = layout.limits.some(({ kind }) => kind === 'bucket');
  const profiles = new TwoGenerations<string | number, Profile>(MAX_PROFILES);
  const surveys = new TwoGenerations<string, Profile>(MAX_SURVEYS);

  const rounds = roundsOf(policy);
  const batches = policy.operations.some(({ each }) => each !== undefined);

  function plan(ask: Ask): Plan {
    const asking = new Asking(ask, index);
    // Never by a negative index, which is slow.
    const each = batches ? policy.operations[Math.max(0, ask.operation.index)]?.each : undefined;
    return each === undefined || ask.operation.index < 0 ? single(asking) : batch(ask, each, asking);
  }

  function single(asking: Asking): Plan {
    const profile = judge(asking);
    if (profile.spreads) return bundled([{ asking, profile }]);
    const costs = costsOf(profile, asking);
    return {
      refused: profile.refused,
      program: profile.program,
      keys: keysOf(profile, asking),
      costs,
      limits: profile.limits,
      blocks: profile.blocks,
      ramps: profile.ramps,
      losses: profile.holds ? lossesOf(profile, costs, asking) : undefined,
      awaited: awaitedOf(profile, asking),
      later: profile.later === undefined ? undefined : laterIn(profile.later, asking),
    };
  }

  /** What cannot be told of a limit that does not apply yet is no reason to refuse anybody. */
  function laterIn(later: NonNullable<Profile['later']>, asking: Asking): Plan['later'] {
    const { program, fromAtMs } = later;
    try {
      return {
        program,
        fromAtMs,
        keys: keysOf(later, asking),
        costs: costsOf({ ...later, fixedCosts: undefined }, asking),
      };
    } catch (error) {
      if (error instanceof PlanFault) return undefined;
      throw error;
    }
  }

  function judge(asking: Asking): Profile {
    const matched = overrides.match(asking.attributes);
    asking.plan = planOf(inForce(matched, asking.ask.nowMs));
    const key = profileKeys.of(asking, matched);
    const profile = profileFor(asking, matched, profiles, key, judged);
    asking.plan = profile.plan;
    return profile;
  }

  function batch(ask: Ask, each: NonNullable<Operation['each']>, asking: Asking): Plan {
    asking.plan = planOf(inForce(overrides.match(asking.attributes), ask.nowMs));
    const elements = elementsOf(each, ask, asking, index);
    if (elements === 'too-many') return TOO_MANY;
    return bundled(
      elements.map(({ ask: one, item }) => {
        const own = new Asking(one, index, { item });
        return { asking: own, profile: judge(own) };
      }),
    );
  }

  function bundled(elements: readonly Element[]): Plan {
    const bundle = new Bundle(intern);
    return elements.every((one) => bundle.add(one)) ? bundle.plan() : TOO_MANY;
  }

  function survey(ask: SurveyAsk): Plan {
    const asking = new Asking(ask, index);
    const matched = overrides.match(asking.attributes);
    asking.plan = planOf(inForce(matched, ask.nowMs));
    const key = `${ask.request === undefined ? 'any' : 'this'} ${profileKeys.of(asking, matched)}`;
    const profile = profileFor(asking, matched, surveys, key, (of, active) => surveyOf(layout, of, active));
    asking.plan = profile.plan;
    const { program, limits } = profile;
    return {
      refused: undefined,
      program,
      keys: keysOf(profile, asking),
      // Ramps stand behind the limits.
      costs: program.checks.map(() => 0),
      limits,
      blocks: [],
      losses: undefined,
    };
  }

  function round(ask: SurveyAsk, at: number): Round {
    const names = rounds[at] ?? [];
    const asking = new Asking(ask, index);
    const matched = overrides.match(asking.attributes);
    asking.plan = planOf(inForce(matched, ask.nowMs));
    const key = `${at} ${profileKeys.of(asking, matched)}`;
    const profile = profileFor(asking, matched, surveys, key, (of, active) => standingOf(layout, names, of, active));
    asking.plan = profile.plan;
    const { program, limits, lacked, ramps } = profile;
    const costs = program.checks.map(() => 0);
    const found = {
      refused: undefined,
      program,
      keys: keysOf(profile, asking),
      costs,
      limits,
      ramps,
      blocks: [],
      losses: undefined,
    };
    return { plan: found, standings: uncounted(names, found, lacked) };
  }

  function profileFor<Key>(
    asking: Asking,
    matched: Matched,
    known: TwoGenerations<Key, Profile>,
    key: Key,
    situation: SituationAt,
  ): Profile {
    const { nowMs } = asking.ask;
    const profile = known.get(key);
    if (profile !== undefined && profile.fromAtMs <= nowMs && nowMs < profile.untilAtMs) return profile;
    const made = compile(asking, matched, situation);
    if (!asking.exhausted) known.set(key, made);
    return made;
  }

  function compile(asking: Asking, matched: Matched, situation: SituationAt): Profile {
    const { nowMs } = asking.ask;
    const timeline = timelineOf(matched, nowMs, looksBack, (active, atMs, isPresent) => {
      asking.moveTo(atMs);
      const found = situation(asking, active, isPresent);
      return { situation: found, fromAtMs: asking.fromAtMs, untilAtMs: asking.untilAtMs };
    });
    const present = planOf(inForce(matched, nowMs));
    // Looking around has put others in force, at other times.
    asking.plan = present;
    asking.moveTo(nowMs);
    return { ...profileOf(layout, calendars, asking, timeline, intern), plan: present };
  }

  /** What cannot be told of the present is a fault; what cannot be told of another time is only not known. */
  function judged(asking: Asking, active: Matched['overrides'], isPresent: boolean): Situation {
    try {
      return situationOf(layout, index, asking, active);
    } catch (error) {
      if (!isPresent && error instanceof PlanFault) return UNFORESEEN;
      throw error;
    }
  }

  function scope(ask: SurveyAsk, roots?: Readonly<Record<string, unknown>>): Scope {
    const asking = new Asking(ask, index, roots);
    asking.plan = planOf(inForce(overrides.match(asking.attributes), ask.nowMs));
    return asking.scope;
  }

  const expects = expectsOf(rounds.flat(), (ask) => {
    const asking = new Asking(ask, index);
    const matched = overrides.match(asking.attributes);
    asking.plan = planOf(inForce(matched, ask.nowMs));
    return `${profileKeys.of(asking, matched)} ${costsOf(judge(asking), asking).join(' ')}`;
  });

  return { plan, survey, scope, rounds: rounds.length, round, expects };
}

function keysOf({ keys }: Pick<Profile, 'keys'>, asking: Asking): readonly string[] {
  const made: string[] = [];
  for (const parts of keys) made.push(keyOf(parts, asking));
  return made;
}
