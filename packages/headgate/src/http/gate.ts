import { plugAll, type AsyncStore, type Clock, type SyncStore } from '../core/index.ts';
import { randomIds } from '../gate/index.ts';
import {
  createPlanner,
  PlanFault,
  type Ask,
  type CompiledPolicy,
  type HostFunction,
  type Planner,
  type PlannerOptions,
  type RequestFacts,
} from '../profile/index.ts';
import { createAsker, type Asked, type Failed } from './ask.ts';
import { createByAddress } from './by-address.ts';
import { createInspect, type Passed } from './body/inspection.ts';
import { createNeeds } from './body/needs.ts';
import { MAX_BODY_BYTES } from './body/read-body.ts';
import { domainsFor } from './domains.ts';
import { decide, look, UNTOLD, type Judging, type Decided } from './decide.ts';
import { delaysOf, type Delayed } from './delay/delays.ts';
import { PLATFORM_TIMERS, type Timers } from './delay/timers.ts';
import { createAppEvents } from './events/app.ts';
import { createChannels } from './events/channel.ts';
import { createJudgeEvent } from './events/judge.ts';
import { Eventful } from './events/view.ts';
import type { Answered, Handled, HttpGate } from './handled.ts';
import { createAdjust, createGrant } from './holds/adjust.ts';
import { Ender } from './holds/ender.ts';
import type { Ending } from './holds/ending.ts';
import { createExchanges } from './holds/exchanges.ts';
import { createHolds, type Holds } from './holds/holds.ts';
import { Kept } from './holds/kept.ts';
import { Naming } from './holds/naming.ts';
import type { Courier } from './notify/courier.ts';
import type { SendMail } from './notify/mail.ts';
import type { OnNotice } from './notify/notices.ts';
import type { Overage } from './notify/overages.ts';
import { createTelling } from './notify/telling.ts';
import type { OnReport } from './holds/report.ts';
import { createResolve } from './holds/settled.ts';
import { createTend } from './holds/tend.ts';
import { GuardedStore, guardStore } from './failing/guarded.ts';
import { guardHosts, HOST_MS, type OnHostFault } from './hosts.ts';
import { identifyingFields, strippedFields } from './identify/fields.ts';
import type { Finder } from './identify/find/called.ts';
import { Judged, type JudgedOptions } from './judged.ts';
import { outsideOf, type Outside } from './outside.ts';
import type { Bring, RequestView, Sha256 } from './request.ts';
import { bodyBytes } from './route/body-bytes.ts';
import { compileBlocks } from './respond/blocks.ts';
import { createForward } from './respond/forward.ts';
import { compileMerges } from './respond/merge.ts';
import { createOwn } from './respond/own.ts';
import { createRefusals } from './respond/refusals.ts';
import { rulingOf } from './respond/ruling.ts';
import { createTeller } from './respond/teller.ts';
import type { Told } from './respond/told.ts';
import { upon, type Soon } from './soon.ts';
import { createWall } from './wall.ts';

/** What a log calls the operation of a CORS preflight: no name that a policy may give. */
const PREFLIGHT = '(preflight)';

/** `fetch`, `readFile`, `deadline` and `env` are what sources ask elsewhere by. Default: the platform's own. */
export interface HttpGateOptions extends Partial<Outside> {
  readonly policy: CompiledPolicy;
  /** Makes the planner of the policy. Default: `createPlanner`. */
  readonly planner?: (options: PlannerOptions) => Planner;
  /** One that answers at once keeps the gate from ever waiting for it; one that answers later has 50 ms. Guarded: as that says. */
  readonly store: SyncStore | AsyncStore | GuardedStore;
  /** The clock the store decides by. */
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Random, of this process, 128 bits or more as text: blinds the comparison of keys, and the subjects in logs. */
  readonly salt: string;
  /** Functions by which sources are looked up, by the name that `find` gives them. */
  readonly finders?: Readonly<Record<string, Finder>>;
  /** Makes ids of reservations: 128 random bits as text, never the same twice. Default: from the platform's `crypto`. */
  readonly randomId?: () => string;
  /** The longest body that limits read, in bytes; a longer one is refused (413) where they do. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Functions that expressions call as `host("NAME", …)`, by name: of data alone, and the same for the same. */
  readonly hosts?: Readonly<Record<string, HostFunction>>;
  /** Longest that one of these may take, in ms. Default 100; `Infinity` calls them unguarded, which saves some 50 µs a call. */
  readonly hostMs?: number;
  /** The longest that a request is held back, in ms, whatever its limits say. Default: as they say. */
  readonly maxDelayMs?: number;
  /** What tells this gate from others over the same store: limits with `scope: node` or `region` count by it. Default: all are one. */
  readonly places?: PlannerOptions['places'];
  /** By which that is timed. Default: the platform's. */
  readonly timers?: Timers;
  /** Told of one that threw, or was stopped. */
  readonly onHostFault?: OnHostFault;
  /** What is held, where another gate takes the place of an earlier one over the same store. Default: its own. */
  readonly holds?: Holds;
  /** Told what an operator should know about what is held. */
  readonly onReport?: OnReport;
  /** Told when a limit is used so far as its policy asks to be told of, by whatever channel. */
  readonly onNotice?: OnNotice;
  /** Told of units above a fill that the policy bills: exact, and each once. */
  readonly onOverage?: (overage: Overage) => void;
  /** Sends what web hooks are told, where another gate takes the place of an earlier one. Default: its own. */
  readonly courier?: Courier;
  /** Sends what channels say by `email`. */
  readonly mail?: SendMail;
  /** `false`: fills are told by another gate, which judges the same requests before this one does. */
  readonly tellsFills?: boolean;
}

/**
 * Compiles a policy for HTTP: whatever can be known before a request is worked out here, once.
 * @throws HeadgateError `ERR_FINDER` for a function that is not among `finders`, `ERR_SECRET` for a variable that is not set, `ERR_HOST`
 * for a function that is not among `hosts`
 */
export function createHttpGate(options: HttpGateOptions): HttpGate {
  // A policy may have limits of every kind.
  plugAll();
  const { policy, clock, sha256, salt } = options;
  const store = options.store instanceof GuardedStore ? options.store : guardStore(options.store, { clock });
  const { hostMs = HOST_MS, onHostFault = () => undefined } = options;
  const hosts = guardHosts(policy, options.hosts ?? {}, hostMs, onHostFault);
  const { maxDelayMs = Infinity } = options;
  const { places = {} } = options;
  const domains = domainsFor(policy);
  const planning = { hosts, maxDelayMs, digest: sha256, places, ...(domains && { registered: domains.registered }) };
  const planner = options.planner?.(planning) ?? createPlanner(policy, planning);
  const outside = outsideOf(options);
  const needs = createNeeds(policy);
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const { randomId = randomIds() } = options;
  const judging: Judging = { planner, store, clock, randomId };
  const asker = createAsker({
    policy,
    planner,
    store,
    clock,
    sha256,
    salt,
    outside,
    finders: options.finders ?? {},
    needs,
    maxBodyBytes,
    planning,
  });
  const blocks = compileBlocks(policy.respond.headers);
  const rewriteOf = compileMerges(policy.respond.merge);
  const teller = createTeller({ planner, sha256, report: policy.respond.report, wallAt: createWall(clock) });
  const keeping: Mutable<JudgedOptions> = {
    planner,
    store,
    clock,
    retell: (...told: Parameters<typeof teller.again>) => teller.again(...told),
  };
  const forward = createForward(blocks, policy.respond.expose, readsAnswers(policy));
  const refusals = createRefusals({ policy, asker, blocks, teller, standing, sha256, salt });
  const { holds = createHolds(), onReport = () => undefined } = options;
  const telling = createTelling({
    policy,
    told: options,
    judging,
    clock,
    outside,
    onReport,
    subjectOf: refusals.subjectOf,
  });
  keeping.onAmended = telling.amended;
  const nowMs = (): number => clock.monotonicMs();
  const { memos, traits } = store;
  const kept = memos && new Kept({ memos, by: store, isShared: traits.clock === 'store', holds, nowMs });
  const ender = new Ender(store, nowMs, holds, onReport, refusals.subjectOf, kept, telling.more, telling.settled);
  const exchangeOf = policy.limits.some(({ hold }) => hold !== undefined)
    ? createExchanges({
        policy,
        planner,
        holds,
        ender,
        naming: new Naming(ender, holds, kept?.names),
        kept,
        // Leases end by this process's clock here, whatever the store's says.
        nowOf: (outcome) => (outcome === undefined || traits.clock === 'store' ? clock.monotonicMs() : outcome.nowMs),
      })
    : undefined;
  const tendAt = createTend(holds, ender, kept);
  const inspect = createInspect({ judging, teller, refusals });
  const own = createOwn({ policy, judging, teller, standing, forward, refusals });

  const delays = delaysOf({
    policy,
    judging,
    timers: options.timers ?? PLATFORM_TIMERS,
    maxMs: maxDelayMs,
    attempt,
    giveBack: (ask, decided) => {
      if (decided.reservationId !== undefined) exchangeOf?.(ask, decided).end(NEVER_SENT);
      const judged = new Judged(ask, decided, teller.decided(NOBODY, ask, decided), keeping);
      return judged.giveBack(judged.charged);
    },
  });
  if (delays !== undefined) ender.onFreed = () => delays.wake();
  const judgeEvent = createJudgeEvent({
    // Of what the application reports, it is the application that waits.
    attempt: (ask, once) => (delays === undefined || ask.event !== undefined ? attempt(ask, once) : delays.wait(ask)),
    refuse: (id, ask, decided) => refuseAny(new Eventful(id, ask), ask, decided),
    onAdmitted: (ask, decided) => telling.decided?.(ask, decided),
    exchangeOf,
  });

  const onEvent = createAppEvents({ policy, planner, clock, judge: judgeEvent, nextId: randomId });

  /** Nobody is judged while nobody can tell what a domain is. */
  function handle(view: RequestView, bring?: Bring): Soon<Handled> {
    const loading = domains?.loading();
    return loading === undefined ? read(view, bring) : loading.then(() => read(view, bring));
  }

  function read(view: RequestView, bring?: Bring): Soon<Handled> {
    const asked = asker.read(view, bring);
    return asked instanceof Promise ? asked.then((one) => go(view, one)) : go(view, asked);
  }

  function go(view: RequestView, asked: Asked): Soon<Handled> {
    switch (asked.is) {
      case 'ask':
        return judge(view, asked.ask, asked.target);
      case 'own':
        return own(view, asked);
      case 'preflight':
        return forward.pass({ told: nobodyAsks(view) }, asked.target, undefined);
      case 'exhausted':
      case 'failed':
        return refusals.turnAway(view, asked);
      default:
        return asked satisfies never;
    }
  }

  /** A preflight is told of no limit: a browser keeps what it says from the page that asked. */
  function nobodyAsks(view: RequestView): Told {
    return { ...teller.unidentified(view, undefined, []), operation: PREFLIGHT, denied: false };
  }

  function judge(view: RequestView, ask: Ask, path: string): Soon<Handled> {
    const decided = delays === undefined ? attempt(ask) : delays.attempt(view, ask);
    return decided instanceof Promise ? decided.then(answerTo(view, ask, path)) : answer(view, ask, path, decided);
  }

  function answerTo(view: RequestView, ask: Ask, path: string): (decided: Delayed) => Soon<Handled> {
    return (decided) => answer(view, ask, path, decided);
  }

  function answer(view: RequestView, ask: Ask, path: string, decided: Delayed): Soon<Handled> {
    if (decided === 'left') return NOBODY_LEFT;
    if (decided instanceof PlanFault || decided.plan.refused !== undefined) return refuseAny(view, ask, decided);
    telling.decided?.(ask, decided);
    if (!decided.allowed) return refuseBy(view, ask, decided);
    const told = teller.decided(view, ask, decided);
    return admit(view, new Judged(ask, decided, told, keeping), decided, path);
  }

  function refuseAny(view: RequestView, ask: Ask, decided: Decided | PlanFault): Soon<Answered> {
    if (decided instanceof PlanFault) return upon(untold(decided, ask), (failed) => refusals.turnAway(view, failed));
    const { refused } = decided.plan;
    if (refused === undefined) return refuseBy(view, ask, decided);
    return upon(standing(view, ask, true), (told) => refusals.deny(told, ask, refused, refused));
  }

  function refuseBy(view: RequestView, ask: Ask, decided: Decided): Answered {
    const { undecided } = decided;
    const told = { ...teller.decided(view, ask, decided), degraded: decided.by !== store };
    if (undecided !== undefined) return refusals.undecided(told, ask, undecided);
    const { limit, answer: name, closes } = rulingOf(told, decided);
    const answered = refusals.deny(told, ask, name, limit);
    return closes ? { ...answered, ends: true, close: answered.close ?? POLICY_VIOLATION } : answered;
  }

  function admit(view: RequestView, judged: Judged, decided: Decided, path: string): Handled {
    const { ask } = judged;
    if (needs.none || !needs.passing(ask.operation.index))
      return forward.pass(judged, path, rewriteOf(judged), exchangeOf?.(ask, decided));
    const inspection =
      bodyBytes(view) === 0 ? undefined : inspect(view, ask, decided, needs.files(ask.operation.index));
    const known = { ...ask, request: measured(ask.request, inspection) };
    return forward.pass(judged, path, rewriteOf(judged), exchangeOf?.(known, decided), inspection);
  }

  /** A figure that cannot be told for a fault of the request's is the caller's to mend. */
  function attempt(ask: Ask, once?: string): Soon<Decided | PlanFault> {
    try {
      if (exchangeOf !== undefined) tendAt(clock.monotonicMs());
      const decided = decide(once === undefined ? judging : { ...judging, requestId: once }, ask);
      return decided instanceof Promise ? decided.catch(untellable) : decided;
    } catch (error) {
      return untellable(error);
    }
  }

  /** RFC 9110 15.5.12: a length that was not declared is asked for. */
  function untold({ missing }: PlanFault, ask: Ask): Soon<Failed> {
    const detail =
      missing === undefined ? undefined : `The limits of this request are told by ${missing}, which is missing.`;
    const status = missing === 'request.bytes' ? { status: 411 } : {};
    return upon(asker.fail(asker.knownBy(ask.subject.address, ask.request), 'malformed', detail), (failed) => ({
      ...failed,
      ...status,
      ask,
    }));
  }

  /** How a subject's limits stand, for header blocks; where there are none, nothing is looked at. */
  function standing(view: RequestView, ask: Ask, denied: boolean): Soon<Told> {
    return upon(blocks.any ? look(judging, ask) : UNTOLD, (one) => teller.standing(view, ask, one, denied));
  }

  return {
    handle,
    byAddress: createByAddress({ policy, asker, store, clock, teller, forward, refusals, keeping, answer }),
    judge: (view, ask, target) => judge(view, { ...ask, nowMs: clock.wallMs() }, target),
    refuse: (view, status, detail) => refusals.refuse(view, status, detail),
    readsBodies: !needs.none,
    owns: blocks.owns,
    readsAnswers: readsAnswers(policy),
    asksCertificates: policy.identify.some((source) => source.places.some((place) => place.in === 'certificate')),
    identifies: identifyingFields(policy),
    strips: strippedFields(policy, asker.overrides.isOverride),
    trusts: asker.addresses.trusts,
    addressOf: asker.addresses.of,
    networkOf: asker.addresses.networkOf,
    resolve: createResolve(holds, ender, kept, onReport),
    adjust: createAdjust(policy, planner, store, clock),
    grant: createGrant(policy, planner, store, clock),
    tend: () => tendAt(clock.monotonicMs()),
    nowMs: () => clock.monotonicMs(),
    channel: createChannels({ policy, planner, clock, judge: judgeEvent }),
    event: (name, event) => {
      const loading = domains?.loading();
      return loading === undefined ? onEvent(name, event) : loading.then(() => onEvent(name, event));
    },
    held: () => holds.stats(),
  };
}

/** Whether what is written beside an answer depends on its fields. */
function readsAnswers({ respond }: CompiledPolicy): boolean {
  return JSON.stringify(respond).includes('["root","response"],"headers"');
}

/** @throws what is no fault of the request's */
function untellable(error: unknown): PlanFault {
  if (error instanceof PlanFault && error.status === 400) return error;
  throw error;
}

/** RFC 6455 7.4.1. */
const POLICY_VIOLATION = { code: 1008, reason: '' };

/** What is said where nobody is left to hear it. */
const NOBODY_LEFT: Answered = { kind: 'answer', status: 503, fields: [], body: '', denial: undefined };
const NOBODY = { id: '' };
/** Nothing of it reached an API: what it holds comes back. */
const NEVER_SENT: Ending = {
  status: undefined,
  reached: false,
  fields: [],
  body: { is: 'unread', why: 'absent' },
  sentBytes: 0,
  tookMs: 0,
  torn: false,
};

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

const NOTHING_PASSED: Passed = { bytes: 0, files: 0 };

/** What expressions read of a request once its body has passed. */
function measured(request: RequestFacts, passed: Passed = NOTHING_PASSED): RequestFacts {
  return {
    ...request,
    // Never less than was declared: what was not passed by this server was not measured either.
    get bytes() {
      return Math.max(passed.bytes, request.bytes ?? 0);
    },
    get files() {
      return passed.files;
    },
  };
}
