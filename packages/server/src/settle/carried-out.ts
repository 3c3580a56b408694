import { HeadgateError } from 'headgate';
import type { HttpGate, Resolution } from 'headgate/http';
import { refusal, type Answer } from './answers.ts';
import { readCorrection } from './correction.ts';
import { readCosts } from './costs.ts';
import { readEvent } from './event.ts';
import { readGrant } from './grant.ts';
import { BadBody } from './json.ts';
import type { Route, Verb } from './route.ts';

/** What is asked of the gate. */
export type Asked = Pick<HttpGate, 'resolve' | 'adjust' | 'grant' | 'event'>;

const DONE: Readonly<Record<Verb, string>> = { settle: 'settled', cancel: 'cancelled', renew: 'renewed' };
const NO_RESERVATION = 'There is no such reservation: it was never made, was resolved already, or its lease has ended.';
const NO_STORE = 'The store does not answer: nobody can tell whether it was carried out.';
const NO_EVENT = 'The policy knows no such event: no operation is it, and it ends nothing.';
const NO_LIMIT = 'There is no such limit of this subject: look at its name, its attributes, and its operation.';
/** What whoever sent it can put right. */
const MISTAKES: ReadonlySet<string> = new Set([
  'ERR_SETTLE',
  'ERR_EVENT',
  'ERR_GRANT',
  'ERR_VERB',
  'ERR_COST',
  'ERR_KEY',
  'ERR_REQUEST_ID_REUSED',
  // Of an event nothing is known but what its facts say.
  'ERR_PLAN_COST',
  'ERR_PLAN_AMOUNT',
  'ERR_PLAN_PARTITION',
]);

/** Carries out what was sent, and says how that went. Whatever is refused has changed nothing. */
export async function carriedOut(gate: Asked, route: Route, body: string): Promise<Answer> {
  try {
    if (route.verb === 'event') return await happened(gate, route.event, body);
    if (route.verb === 'adjust') return await adjusted(gate, route.limit, body);
    return await (route.verb === 'grant' ? granted(gate, body) : resolved(gate, route, body));
  } catch (error) {
    if (error instanceof BadBody) return refusal(400, `${error.message}.`);
    if (error instanceof HeadgateError && MISTAKES.has(error.code)) return refusal(400, error.message);
    if (error instanceof HeadgateError && error.code === 'ERR_STORE')
      return refusal(503, NO_STORE, { 'Retry-After': '1' });
    throw error;
  }
}

async function resolved(
  { resolve }: Asked,
  { id, verb }: Extract<Route, { readonly id: string }>,
  body: string,
): Promise<Answer> {
  const how: Resolution = verb === 'settle' ? { settle: readCosts(body) } : verb;
  return (await resolve(id, how)) === 'ok' ? done({ id, is: DONE[verb] }) : refusal(404, NO_RESERVATION);
}

async function adjusted({ adjust }: Asked, limit: string, body: string): Promise<Answer> {
  const { of, by } = readCorrection(body);
  return (await adjust(of, limit, by)) === 'ok' ? done({ limit, is: 'adjusted' }) : refusal(404, NO_LIMIT);
}

/** The same grant again is told so, and is no mistake: whoever sells retries. */
async function granted({ grant: give }: Asked, body: string): Promise<Answer> {
  const { of, limit, grant } = readGrant(body);
  const is = await give(of, limit, grant);
  return is === 'unknown' ? refusal(404, NO_LIMIT) : done({ id: grant.id, is });
}

/** A refusal is a decision, and was told well: it is 200, and says what the policy would answer. */
async function happened({ event }: Asked, name: string, body: string): Promise<Answer> {
  const decision = await event(name, readEvent(body));
  if (decision === 'unknown') return refusal(404, NO_EVENT);
  const { allowed, limit, retryAfterMs, delayMs, reservationId, answer } = decision;
  if (allowed) return done({ event: name, allowed, ...(delayMs > 0 && { delayMs }), reservation: reservationId });
  const wait = Number.isFinite(retryAfterMs) ? { retryAfterMs } : {};
  return done({
    event: name,
    allowed,
    limit,
    ...wait,
    status: answer?.status,
    body: answer?.body,
    codes: answer?.codes,
  });
}

function done(told: object): Answer {
  return { status: 200, body: JSON.stringify(told) };
}
