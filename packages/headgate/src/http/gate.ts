import { plugAll, type Clock, type SyncStore } from '../core/index.ts';
import {
  createPlanner,
  PlanFault,
  type Ask,
  type CompiledPolicy,
  type Planner,
  type Subject,
} from '../profile/index.ts';
import { createAsker, type Asked } from './ask.ts';
import { decide, type Decided } from './decide.ts';
import type { Answered, Denial, Forward, Handled, HttpGate } from './handled.ts';
import { challenge } from './identify/challenge.ts';
import { identifyingFields, strippedFields } from './identify/fields.ts';
import type { Finder } from './identify/find/called.ts';
import { outsideOf, type Outside } from './outside.ts';
import type { RequestView, Sha256 } from './request.ts';
import { compileAnswers } from './respond/answer.ts';
import { compileBlocks } from './respond/blocks.ts';
import { exposeFields } from './respond/expose.ts';
import { createTeller } from './respond/teller.ts';
import { waitMsOf, type Told } from './respond/told.ts';
import { createWall } from './wall.ts';

/** What a log calls the operation of a CORS preflight: no name that a policy may give. */
const PREFLIGHT = '(preflight)';

/** `fetch`, `readFile`, `deadline` and `env` are what sources ask elsewhere by. Default: the platform's own. */
export interface HttpGateOptions extends Partial<Outside> {
  readonly policy: CompiledPolicy;
  /** Default: made from the policy. */
  readonly planner?: Planner;
  readonly store: SyncStore;
  /** The clock the store decides by. */
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Random, of this process, 128 bits or more as text: blinds the comparison of keys, and the subjects in logs. */
  readonly salt: string;
  /** Functions by which sources are looked up, by the name that `find` gives them. */
  readonly finders?: Readonly<Record<string, Finder>>;
}

/**
 * Compiles a policy for HTTP: whatever can be known before a request is worked out here, once.
 * @throws HeadgateError `ERR_FINDER` for a function that is not among `finders`, `ERR_SECRET` for a variable that is not set
 */
export function createHttpGate(options: HttpGateOptions): HttpGate {
  // A policy may have limits of every kind.
  plugAll();
  const { policy, store, clock, sha256, salt } = options;
  const planner = options.planner ?? createPlanner(policy);
  const outside = outsideOf(options);
  const asker = createAsker({ policy, planner, store, clock, sha256, salt, outside, finders: options.finders ?? {} });
  const blocks = compileBlocks(policy.respond.headers);
  const answer = compileAnswers(policy.respond, blocks);
  const teller = createTeller({ planner, sha256, report: policy.respond.report, wallAt: createWall(clock) });
  const authenticate = challenge(policy);
  const { expose } = policy.respond;

  function handle(view: RequestView): Handled | Promise<Handled> {
    const asked = asker.read(view);
    return asked instanceof Promise ? asked.then((one) => go(view, one)) : go(view, asked);
  }

  function go(view: RequestView, asked: Asked): Handled {
    if (asked.is === 'ask') return judge(view, asked.ask, asked.target);
    if (asked.is === 'preflight')
      return { kind: 'forward', operation: PREFLIGHT, target: asked.target, settle: () => [] };
    return refuse(view, asked);
  }

  function judge(view: RequestView, ask: Ask, path: string): Handled {
    const decided = attempt(ask);
    if (decided === 'malformed') return refuse(view, asker.fail(ask.subject.address, 'malformed'));
    const told = teller.decided(view, ask, decided);
    return told.denied ? deny(told, ask, decided) : forward(told, path);
  }

  /** A figure that cannot be told for a fault of the request's is the caller's to mend. */
  function attempt(ask: Ask): Decided | 'malformed' {
    try {
      return decide(planner, store, ask, clock);
    } catch (error) {
      if (error instanceof PlanFault && error.status === 400) return 'malformed';
      throw error;
    }
  }

  function forward(told: Told, path: string): Forward {
    const settle = (status: number): readonly string[] => {
      const fields: string[] = [];
      blocks.write(fields, told, status >= 200 && status < 300 ? 'succeeded' : 'admitted');
      if (expose) exposeFields(fields);
      return fields;
    };
    return { kind: 'forward', operation: told.operation, target: path, settle };
  }

  function deny(told: Told, ask: Ask, { plan }: Decided): Answered {
    const limit = told.limits[told.reported];
    const denial = {
      limit: limit?.name ?? plan.refused ?? 'exceeded',
      operation: told.operation,
      subject: hashed(subjectKey(ask.subject)),
    };
    return write(limit?.answer ?? plan.refused ?? 'exceeded', told, { ...denial, retryAfterMs: waitMsOf(told) });
  }

  function refuse(view: RequestView, asked: Exclude<Asked, { is: 'ask' | 'preflight' }>): Answered {
    const denial = { operation: undefined, subject: hashed(`address ${asked.address}`) };
    if (asked.is === 'failed') {
      return write(
        asked.answer,
        teller.failed(view),
        { ...denial, limit: asked.answer, retryAfterMs: undefined, fault: asked.fault },
        asked.detail,
      );
    }
    const told = teller.exhausted(view, asked.outcome, asker.unidentified?.limits ?? []);
    return write('unidentified', told, { ...denial, limit: 'unidentified', retryAfterMs: waitMsOf(told) });
  }

  function write(name: string, told: Told, denial: Denial, detail?: string): Answered {
    const { status, fields: written, body } = answer(name, detail)(told);
    const fields = [...written];
    // RFC 9110 11.6.1: a 401 says how to authenticate.
    if (status === 401) fields.push('WWW-Authenticate', authenticate);
    // RFC 9110 15.6.4: nobody knows for how long; a second is time enough not to be asked in vain all the while.
    if (name === 'unavailable') fields.push('Retry-After', '1');
    if (expose) exposeFields(fields);
    return { kind: 'answer', status, fields, body, denial };
  }

  function hashed(text: string): string {
    return sha256(`${salt} ${text}`).slice(0, 16);
  }

  return {
    handle,
    owns: blocks.owns,
    identifies: identifyingFields(policy),
    strips: strippedFields(policy, asker.overrides.isOverride),
    trusts: asker.addresses.trusts,
  };
}

/** The subject as its source names it: what tells it apart from every other. */
function subjectKey(subject: Subject): string {
  return `${subject.auth} ${String(subject[subject.auth] ?? subject.address)}`;
}
