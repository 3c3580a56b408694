import { PlanFault, type Ask, type RequestFacts } from '../profile/index.ts';
import type { Asker, Failed } from './ask.ts';
import type { createInspect, Passed } from './body/inspection.ts';
import type { Needs } from './body/needs.ts';
import type { Decided } from './decide.ts';
import type { Delayed } from './delay/delays.ts';
import type { Answered, Handled } from './handled.ts';
import type { Exchange } from './holds/exchange.ts';
import { Judged, type JudgedOptions } from './judged.ts';
import type { RequestView } from './request.ts';
import type { ForwardWriter } from './respond/forward.ts';
import type { RewriteFor } from './respond/merge.ts';
import type { Refusals } from './respond/refusals.ts';
import { rulingOf } from './respond/ruling.ts';
import type { Standing } from './respond/standing.ts';
import type { Teller } from './respond/teller.ts';
import { bodyBytes } from './route/body-bytes.ts';
import { upon, type Soon } from './soon.ts';

export interface AnswerOptions {
  readonly asker: Asker;
  readonly needs: Needs;
  readonly teller: Teller;
  readonly standing: Standing;
  readonly refusals: Refusals;
  readonly forward: ForwardWriter;
  readonly rewriteOf: (judged: Judged) => RewriteFor | undefined;
  readonly inspect: ReturnType<typeof createInspect>;
  readonly keeping: JudgedOptions;
  /** Undefined where nothing is ever held. */
  readonly exchangeOf: ((ask: Ask, decided: Decided) => Exchange) | undefined;
  /** Told of each request that was judged. */
  readonly onDecided: ((ask: Ask, decided: Decided) => void) | undefined;
}

/** What a judgement means for whoever asked. */
export interface Answering {
  readonly answer: (view: RequestView, ask: Ask, path: string, decided: Delayed) => Soon<Handled>;
  /** Answers what is not let in. */
  readonly refuse: (view: RequestView, ask: Ask, decided: Decided | PlanFault) => Soon<Answered>;
}

export function createAnswering(options: AnswerOptions): Answering {
  const { asker, needs, teller, standing, refusals, forward, rewriteOf, inspect, keeping, exchangeOf, onDecided } =
    options;

  function answer(view: RequestView, ask: Ask, path: string, decided: Delayed): Soon<Handled> {
    if (decided === 'left') return NOBODY_LEFT;
    if (decided instanceof PlanFault || decided.plan.refused !== undefined) return refuse(view, ask, decided);
    onDecided?.(ask, decided);
    if (!decided.allowed) return refuseBy(view, ask, decided);
    const told = teller.decided(view, ask, decided);
    return admit(view, new Judged(ask, decided, told, keeping), decided, path);
  }

  function refuse(view: RequestView, ask: Ask, decided: Decided | PlanFault): Soon<Answered> {
    if (decided instanceof PlanFault) return upon(untold(decided, ask), (failed) => refusals.turnAway(view, failed));
    const { refused } = decided.plan;
    if (refused === undefined) return refuseBy(view, ask, decided);
    return upon(standing(view, ask, true), (told) => refusals.deny(told, ask, refused, refused));
  }

  function refuseBy(view: RequestView, ask: Ask, decided: Decided): Answered {
    const { undecided } = decided;
    const told = teller.decided(view, ask, decided, decided.by !== keeping.store);
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

  /** RFC 9110 15.5.12: a length that was not declared is asked for. */
  function untold({ missing }: PlanFault, ask: Ask): Soon<Failed> {
    const detail =
      missing === undefined
        ? undefined
        : `The limits of this request are told by ${missing}, which is missing or not known.`;
    const status = missing === 'request.bytes' ? { status: 411 } : {};
    const failed = asker.fail(asker.knownBy(ask.subject.address, ask.request), 'malformed', detail);
    return upon(failed, (one) => ({ ...one, ...status, ask }));
  }

  return { answer, refuse };
}

/** RFC 6455 7.4.1. */
const POLICY_VIOLATION = { code: 1008, reason: '' };

/** What is said where nobody is left to hear it. */
const NOBODY_LEFT: Answered = { kind: 'answer', status: 503, fields: [], body: '', denial: undefined };

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
