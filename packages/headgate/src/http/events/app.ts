import type { Clock } from '../../core/index.ts';
import type { CompiledPolicy, Literal, OperationHit, Planner, RequestFacts, Subject } from '../../profile/index.ts';
import type { Answered } from '../handled.ts';
import { upon, type Soon } from '../soon.ts';
import { createRequireEnded } from './ended.ts';
import { findAmong, type FindEvent } from './find.ts';
import { HAPPENED, type JudgedEvent, type JudgeEvent } from './judge.ts';

/** What the application says of something that is no request. */
export interface AppEvent {
  /** Whose it is, by the attributes that limits count by: `{ key: 'k_1', plan: 'PRO' }`. Default: nobody's. */
  readonly subject?: Readonly<Record<string, Literal | undefined>>;
  /** What expressions read as `facts`; `facts.id` names what it ends. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The same event told again, under the same id, is charged once: as long as its store remembers ids (a minute). */
  readonly id?: string;
}

/** The decision on it. A refusal is an answer, not an error: it is for the application to act on. */
export interface EventDecision {
  readonly allowed: boolean;
  /** The limit that refused, or the rule; undefined when it was let in. */
  readonly limit: string | undefined;
  /** Ms until the same would be let in; 0 when it was, Infinity when no wait helps or none is known. */
  readonly retryAfterMs: number;
  /** Let in, charged, and to be begun after so many ms: a limit holds it back instead of refusing it. Else 0. */
  readonly delayMs: number;
  /** Under which what it holds can be settled; undefined when it holds nothing. */
  readonly reservationId: string | undefined;
  /** What it answers in other protocols, by their names: `{ smtp: '450 4.7.1 …' }`. */
  readonly codes: Readonly<Record<string, string>>;
  /** What the policy answers; undefined when it was let in. */
  readonly answer: Answered | undefined;
}

/**
 * Judges an event by its name, with or without `app.`. `unknown`: the policy has none of this name.
 * @throws HeadgateError `ERR_EVENT` where it does not name what it ends
 */
export type OnAppEvent = (name: string, event: AppEvent) => Soon<EventDecision | 'unknown'>;

export interface AppEventsOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly judge: JudgeEvent;
  readonly nextId: () => string;
}

const NO_REQUEST: RequestFacts = Object.freeze({ method: '', path: '', query: {}, headers: {}, bytes: undefined });
/** What names of such events begin with in a policy. */
const APP = 'app.';
/** Somebody who has authenticated, unless it is said how. */
const SOMEBODY: Subject = { auth: 'key', address: '' };
/** Reaches only limits on the address, or on all. */
const NOBODY: Subject = { auth: '', address: '' };
const LET_IN: EventDecision = {
  allowed: true,
  limit: undefined,
  retryAfterMs: 0,
  delayMs: 0,
  reservationId: undefined,
  codes: {},
  answer: undefined,
};

export function createAppEvents(options: AppEventsOptions): OnAppEvent {
  const { policy, planner, clock, judge, nextId } = options;
  const finds = findsOf(policy, planner);
  const requireEnded = createRequireEnded(policy, planner);
  return (called, { subject: who, facts = {}, id }) => {
    const name = called.startsWith(APP) ? called.slice(APP.length) : called;
    const find = finds.get(name);
    const subject = who === undefined ? NOBODY : { ...SOMEBODY, ...who };
    if (find === undefined) return 'unknown';
    const known = { subject, request: NO_REQUEST, facts, event: name, nowMs: clock.wallMs() };
    const ask = { ...known, operation: find(known) ?? unnamed(name) };
    // Before anything is charged: told again with what was missing, it is another event.
    requireEnded(ask);
    return upon(judge(nextId(), ask, id), decisionOf);
  };
}

/** Every event that the policy knows: as an operation, or as the end of something. */
function findsOf(policy: CompiledPolicy, planner: Planner): ReadonlyMap<string, FindEvent> {
  const ends = policy.limits.flatMap(({ hold }) => hold?.ends.flatMap(({ events = [] }) => events) ?? []);
  const own = policy.operations.flatMap(({ event }) => (event?.is === 'app' ? [event.name] : []));
  const find = (name: string): FindEvent =>
    findAmong(policy, planner, (event) => event.is === 'app' && event.name === name) ?? (() => undefined);
  return new Map([...own, ...ends].map((name) => [name, find(name)]));
}

/** Of an event that only ends something: no limit counts it. */
function unnamed(name: string): OperationHit {
  return { index: -2, name: `app.${name}`, path: {} };
}

function decisionOf(judged: JudgedEvent): EventDecision {
  return judged.is === 'refused' ? refused(judged.answered) : admitted(judged);
}

function refused(answer: Answered): EventDecision {
  const { limit = '', retryAfterMs = Infinity } = answer.denial ?? {};
  return {
    allowed: false,
    limit,
    retryAfterMs,
    delayMs: 0,
    reservationId: undefined,
    codes: answer.codes ?? {},
    answer,
  };
}

function admitted({ held, decided }: Extract<JudgedEvent, { is: 'admitted' }>): EventDecision {
  const delayMs = decided.outcome?.delayMs ?? 0;
  held?.end(HAPPENED);
  if (held?.isHeld !== true) return delayMs === 0 ? LET_IN : { ...LET_IN, delayMs };
  return { ...LET_IN, delayMs, reservationId: held.hands[1] };
}
