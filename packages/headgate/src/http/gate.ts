import { plugAll } from '../core/index.ts';
import { randomIds } from '../gate/index.ts';
import { createPlanner, type Ask, type CompiledPolicy, type PlannerOptions } from '../profile/index.ts';
import { createAnswering } from './answer.ts';
import { createAsker, type Asked } from './ask.ts';
import { createAttempt } from './attempt.ts';
import { createInspect } from './body/inspection.ts';
import { createNeeds } from './body/needs.ts';
import { MAX_BODY_BYTES } from './body/read-body.ts';
import { createByAddress } from './by-address.ts';
import type { Judging } from './decide.ts';
import { delaysOf, type Delayed } from './delay/delays.ts';
import { PLATFORM_TIMERS } from './delay/timers.ts';
import { domainsFor } from './domains.ts';
import { createAppEvents } from './events/app.ts';
import { createJudgeEvent } from './events/judge.ts';
import { Eventful } from './events/view.ts';
import { GuardedStore, guardStore } from './failing/guarded.ts';
import type { HttpGateOptions } from './gate-options.ts';
import type { AppGate, Handled } from './handled.ts';
import type { Ending } from './holds/ending.ts';
import { createHolding } from './holds/holding.ts';
import { createHolds } from './holds/holds.ts';
import { guardHosts, HOST_MS } from './hosts.ts';
import { identifyingFields, strippedFields } from './identify/fields.ts';
import { Judged, type JudgedOptions } from './judged.ts';
import { createTelling } from './notify/telling.ts';
import { outsideOf } from './outside.ts';
import type { Bring, RequestView } from './request.ts';
import { compileBlocks } from './respond/blocks.ts';
import { createForward } from './respond/forward.ts';
import { compileMerges } from './respond/merge.ts';
import { createOwn } from './respond/own.ts';
import { createRefusals } from './respond/refusals.ts';
import { createStanding } from './respond/standing.ts';
import { createTeller } from './respond/teller.ts';
import type { Told } from './respond/told.ts';
import type { Soon } from './soon.ts';
import { createWall } from './wall.ts';

/** What a log calls the operation of a CORS preflight: no name that a policy may give. */
const PREFLIGHT = '(preflight)';

/**
 * Compiles a policy for the HTTP of an app: whatever can be known before a request is worked out here, once.
 * @throws HeadgateError `ERR_FINDER` for a function that is not among `finders`, `ERR_SECRET` for a variable that is not set, `ERR_HOST`
 * for a function that is not among `hosts`
 */
export function createAppGate(options: HttpGateOptions): AppGate {
  return gateOf(options).gate;
}

/** A gate, and what more can be made of it. */
interface Made {
  readonly gate: AppGate;
  readonly judging: Judging;
  readonly policy: CompiledPolicy;
  readonly judgeEvent: ReturnType<typeof createJudgeEvent>;
}

export function gateOf(options: HttpGateOptions): Made {
  // A policy may have limits of every kind.
  plugAll();
  const { policy, clock, sha256, salt, maxDelayMs = Infinity, maxBodyBytes = MAX_BODY_BYTES } = options;
  const { randomId = randomIds(), holds = createHolds(), finders = {}, onReport = () => undefined } = options;
  const store = options.store instanceof GuardedStore ? options.store : guardStore(options.store, { clock });
  const outside = outsideOf(options);
  const needs = createNeeds(policy);
  const domains = domainsFor(policy);
  const planning = { ...planningOf(options), ...(domains && { registered: domains.registered }) };
  const planner = options.planner?.(planning) ?? createPlanner(policy, planning);
  const judging: Judging = { planner, store, clock, randomId };
  const known = { policy, planner, store, clock, sha256, salt };
  const asker = createAsker({ ...known, outside, finders, needs, maxBodyBytes, planning });

  const blocks = compileBlocks(policy.respond.headers);
  const teller = createTeller({ planner, sha256, report: policy.respond.report, wallAt: createWall(clock) });
  const standing = createStanding(judging, blocks, teller);
  const readsAnswers = areAnswersRead(policy);
  const forward = createForward(blocks, policy.respond.expose, readsAnswers);
  const refusals = createRefusals({ policy, asker, blocks, teller, standing, sha256, salt });
  const { subjectOf } = refusals;
  const telling = createTelling({ policy, told: options, judging, clock, outside, onReport, subjectOf });
  const [onMore, onSettled] = [telling.more, telling.settled];
  const holding = createHolding({ ...known, holds, onReport, subjectOf, onMore, onSettled });
  const { ender, exchangeOf, tend } = holding;

  const retell: JudgedOptions['retell'] = (...told) => teller.again(...told);
  const keeping: JudgedOptions = { planner, store, clock, retell, onAmended: telling.amended };
  const attempt = createAttempt(judging, exchangeOf === undefined ? nothing : tend);
  const { answer, refuse } = createAnswering({
    asker,
    needs,
    teller,
    standing,
    refusals,
    forward,
    keeping,
    exchangeOf,
    onDecided: telling.decided,
    rewriteOf: compileMerges(policy.respond.merge),
    inspect: createInspect({ judging, teller, refusals }),
  });
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
    refuse: (id, ask, decided) => refuse(new Eventful(id, ask), ask, decided),
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

  const gate: AppGate = {
    handle,
    byAddress: createByAddress({ ...known, asker, teller, forward, refusals, keeping, answer }),
    judge: (view, ask, target) => judge(view, { ...ask, nowMs: clock.wallMs() }, target),
    refuse: (view, status, detail) => refusals.refuse(view, status, detail),
    readsBodies: !needs.none,
    owns: blocks.owns,
    readsAnswers,
    asksCertificates: policy.identify.some((source) => source.places.some((place) => place.in === 'certificate')),
    identifies: identifyingFields(policy),
    strips: strippedFields(policy, asker.overrides.isOverride),
    trusts: asker.addresses.trusts,
    addressOf: asker.addresses.of,
    networkOf: asker.addresses.networkOf,
    resolve: holding.resolve,
    tend,
    nowMs: () => clock.monotonicMs(),
    event: (name, event) => {
      const loading = domains?.loading();
      return loading === undefined ? onEvent(name, event) : loading.then(() => onEvent(name, event));
    },
    held: () => holds.stats(),
  };
  return { gate, judging, policy, judgeEvent };
}

/** What a planner takes from whoever makes a gate. */
function planningOf(options: HttpGateOptions): PlannerOptions {
  const { policy, sha256, hosts = {}, hostMs = HOST_MS, onHostFault = nothing, places = {}, maxDelayMs } = options;
  const guarded = guardHosts(policy, hosts, hostMs, onHostFault);
  return { hosts: guarded, digest: sha256, places, ...(maxDelayMs !== undefined && { maxDelayMs }) };
}

/** Whether what is written beside an answer depends on its fields. Expressions are data, so its text tells. */
function areAnswersRead({ respond }: CompiledPolicy): boolean {
  return JSON.stringify(respond).includes('["root","response"],"headers"');
}

function nothing(): void {
  // Nobody asked to be told, or nothing is to be done.
}

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
