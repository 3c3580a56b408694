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
import { identifyingFields } from './identify/fields.ts';
import type { RequestView, Sha256 } from './request.ts';
import { compileAnswers } from './respond/answer.ts';
import { compileBlocks } from './respond/blocks.ts';
import { exposeFields } from './respond/expose.ts';
import { problem, PROBLEM_TYPE } from './respond/problem.ts';
import { createTeller } from './respond/teller.ts';
import { waitMsOf, type Told } from './respond/told.ts';
import type { TargetRules } from './route/target.ts';
import { createWall } from './wall.ts';

export interface HttpGateOptions {
  readonly policy: CompiledPolicy;
  /** Default: made from the policy. */
  readonly planner?: Planner;
  readonly store: SyncStore;
  /** The clock the store decides by. */
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Random, of this process, 128 bits or more as text: blinds the comparison of keys, and the subjects in logs. */
  readonly salt: string;
  /** Default: an escaped slash in a path is refused. */
  readonly target?: TargetRules;
}

/** Compiles a policy for HTTP: whatever can be known before a request is worked out here, once. */
export function createHttpGate(options: HttpGateOptions): HttpGate {
  // A policy may have limits of every kind.
  plugAll();
  const { policy, store, clock, sha256, salt } = options;
  const planner = options.planner ?? createPlanner(policy);
  const target = options.target ?? { encodedSlash: 'refuse' };
  const asker = createAsker({ policy, planner, store, clock, sha256, salt, target });
  const blocks = compileBlocks(policy.respond.headers);
  const answer = compileAnswers(policy.respond, blocks);
  const teller = createTeller({ planner, sha256, report: policy.respond.report, wallAt: createWall(clock) });
  const authenticate = challenge(policy);
  const { expose } = policy.respond;

  function handle(view: RequestView): Handled {
    const asked = asker.read(view);
    return asked.is === 'ask' ? judge(view, asked.ask, asked.target) : refuse(view, asked);
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

  function refuse(view: RequestView, asked: Exclude<Asked, { is: 'ask' }>): Answered {
    const denial = { operation: undefined, subject: hashed(`address ${asked.address}`) };
    if (asked.is === 'failed') {
      return write(
        asked.answer,
        teller.failed(view),
        { ...denial, limit: asked.answer, retryAfterMs: undefined },
        asked.detail,
      );
    }
    const told = teller.exhausted(view, asked.outcome, asker.unidentified?.limits ?? []);
    return write('unidentified', told, { ...denial, limit: 'unidentified', retryAfterMs: waitMsOf(told) });
  }

  /** What the server cannot read is counted like what the gate cannot. */
  function refuseUnread(view: RequestView, status: number, detail: string): Answered {
    const answered = refuse(view, asker.fail(asker.addresses.of(view), 'malformed', detail));
    if (status === answered.status) return answered;
    return { ...answered, status, fields: ['Content-Type', PROBLEM_TYPE], body: problem(status, detail) };
  }

  function write(name: string, told: Told, denial: Denial, detail?: string): Answered {
    const { status, fields: written, body } = answer(name, detail)(told);
    const fields = [...written];
    // RFC 9110 11.6.1: a 401 says how to authenticate.
    if (status === 401) fields.push('WWW-Authenticate', authenticate);
    if (expose) exposeFields(fields);
    return { kind: 'answer', status, fields, body, denial };
  }

  function hashed(text: string): string {
    return sha256(`${salt} ${text}`).slice(0, 16);
  }

  const { trusts, networkOf } = asker.addresses;
  return { handle, refuse: refuseUnread, owns: blocks.owns, identifies: identifyingFields(policy), trusts, networkOf };
}

/** The subject as its source names it: what tells it apart from every other. */
function subjectKey(subject: Subject): string {
  return `${subject.auth} ${String(subject[subject.auth] ?? subject.address)}`;
}
