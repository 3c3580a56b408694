import type { Ask, CompiledPolicy, PlannedLimit, Subject } from '../../profile/index.ts';
import type { Asked, Asker } from '../ask.ts';
import type { Answered, Denial } from '../handled.ts';
import { challenge } from '../identify/challenge.ts';
import type { RequestView, Sha256 } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import { compileAnswers } from './answer.ts';
import type { Blocks } from './blocks.ts';
import { exposeFields } from './expose.ts';
import { problem, PROBLEM_TYPE } from './problem.ts';
import type { Standing } from './standing.ts';
import type { Teller } from './teller.ts';
import { waitMsOf, type Told } from './told.ts';

/** Answers requests that do not pass. */
export interface Refusals {
  /** Of a known subject: `name` is the answer's, `limit` what a log says. */
  deny(told: Told, ask: Ask, name: string, limit: string): Answered;
  /** Of a request that reached no limit. */
  turnAway(view: RequestView, asked: Extract<Asked, { is: 'exhausted' | 'failed' }>): Soon<Answered>;
  /** Of a known subject, of which nobody can tell how its limits stand; `limit`: which of them lets nothing through then. */
  undecided(told: Told, ask: Ask, limit?: PlannedLimit): Answered;
  /** Of a known subject, of whose body the limits cannot tell what they must. */
  unreadable(view: RequestView, ask: Ask, status: number, detail: string): Soon<Answered>;
  /** Of a request that the server itself refuses. */
  refuse(view: RequestView, status: number, detail: string): Soon<Answered>;
  /** A subject as logs name it: a salted hash. */
  readonly subjectOf: (subject: Subject) => string;
}

export interface RefusalsOptions {
  readonly policy: CompiledPolicy;
  readonly asker: Asker;
  readonly blocks: Blocks;
  readonly teller: Teller;
  readonly standing: Standing;
  readonly sha256: Sha256;
  readonly salt: string;
}

/** The answer where a store does not answer. */
const UNDECIDED = 'undecided';

type Saying = Omit<Denial, 'operation' | 'subject'>;

export function createRefusals(options: RefusalsOptions): Refusals {
  const { policy, asker, blocks, teller, standing, sha256, salt } = options;
  const answer = compileAnswers(policy.respond, blocks);
  const authenticate = challenge(policy);
  const hashed = (text: string): string => sha256(`${salt} ${text}`).slice(0, 16);

  function deny(told: Told, ask: Ask, name: string, limit: string): Answered {
    return write(name, told, {
      limit,
      operation: told.operation,
      subject: subjectOf(ask.subject),
      retryAfterMs: waitMsOf(told),
      ...(told.degraded === true && { degraded: true }),
    });
  }

  function undecided(told: Told, ask: Ask, limit?: PlannedLimit): Answered {
    const detail = limit && `Nobody can tell just now how the limit "${limit.label}" stands.`;
    const denial = { limit: limit?.name ?? UNDECIDED, operation: told.operation, subject: subjectOf(ask.subject) };
    return write(UNDECIDED, { ...told, reported: -1 }, { ...denial, retryAfterMs: undefined, degraded: true }, detail);
  }

  function subjectOf(subject: Subject): string {
    return hashed(subjectKey(subject));
  }

  function turnAway(view: RequestView, asked: Parameters<Refusals['turnAway']>[1]): Soon<Answered> {
    const unknown = teller.unidentified(view, asked.outcome, asker.unidentified?.limitsOf(asked.outcome) ?? []);
    const denialOf = (saying: Saying): Denial => nobody(asked.address, saying);
    if (asked.is === 'exhausted')
      return write('unidentified', unknown, denialOf({ limit: 'unidentified', retryAfterMs: waitMsOf(unknown) }));
    // Whoever is known is told of its own limits.
    const standings = asked.ask === undefined ? { ...unknown, reported: -1 } : standing(view, asked.ask, true);
    const { status, answer: name, detail, fault } = asked;
    const denial = denialOf({ limit: name, retryAfterMs: undefined, fault });
    return upon(standings, (told) =>
      status === undefined ? write(name, told, denial, detail) : plainly(status, detail ?? '', told, denial),
    );
  }

  function unreadable(view: RequestView, ask: Ask, status: number, detail: string): Soon<Answered> {
    const denial = {
      limit: 'malformed',
      operation: ask.operation.name,
      subject: subjectOf(ask.subject),
      retryAfterMs: undefined,
    };
    return upon(standing(view, ask, true), (told) => plainly(status, detail, told, denial));
  }

  function refuse(view: RequestView, status: number, detail: string): Soon<Answered> {
    return upon(asker.fail(asker.strangerOf(view), 'malformed'), ({ address, outcome }) => {
      const told = { ...teller.unidentified(view, outcome, asker.unidentified?.limitsOf(outcome) ?? []), reported: -1 };
      return plainly(status, detail, told, nobody(address, { limit: 'malformed', retryAfterMs: undefined }));
    });
  }

  /** A problem, and how limits stand. */
  function plainly(status: number, detail: string, told: Told, denial: Denial): Answered {
    const fields = ['Content-Type', PROBLEM_TYPE];
    blocks.write(fields, told, 'denied', status);
    // RFC 9110 12.5.3: which codings would have been taken. 15.6.4: a second is time enough not to be asked in vain.
    if (status === 415) fields.push('Accept-Encoding', 'identity');
    if (status === 503) fields.push('Retry-After', '1');
    if (policy.respond.expose) exposeFields(fields);
    return { kind: 'answer', status, fields, body: problem(status, detail), denial };
  }

  function nobody(address: string, saying: Saying): Denial {
    return { ...saying, operation: undefined, subject: hashed(`address ${address}`) };
  }

  function write(name: string, told: Told, denial: Denial, detail?: string): Answered {
    const said = answer(name)(told, detail);
    if (said.silent === true) return { kind: 'answer', ...said, denial };
    const { status, fields: written, body, close, codes } = said;
    const fields = [...written];
    // RFC 9110 11.6.1: a 401 says how to authenticate.
    if (status === 401) fields.push('WWW-Authenticate', authenticate);
    // RFC 9110 15.6.4: nobody knows for how long; a second is time enough not to be asked in vain all the while.
    if (name === 'unavailable' || name === UNDECIDED) fields.push('Retry-After', '1');
    if (policy.respond.expose) exposeFields(fields);
    if (close === undefined && codes === undefined) return { kind: 'answer', status, fields, body, denial };
    return { kind: 'answer', status, fields, body, denial, close, codes };
  }

  return { deny, undecided, turnAway, unreadable, refuse, subjectOf };
}

/** The subject as its source names it: what tells it apart from every other. */
function subjectKey(subject: Subject): string {
  return `${subject.auth} ${String(subject[subject.auth] ?? subject.address)}`;
}
