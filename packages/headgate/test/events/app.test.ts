import { describe, expect, it } from 'vitest';
import type { EventDecision, Soon } from '../../src/http/index.ts';
import { forwarded, gateOf, KEY } from '../gate-of.ts';

const WEB = `${KEY}
operations:
  post: { match: POST /**, tags: [content] }
  web: { event: app.web-content, tags: [content] }
  begin: { event: app.begin }
limits:
  content: { rate: 3/minute, algorithm: fixed, per: key, on: content }
  jobs: { concurrency: 2, per: key, on: begin, hold: { id: facts.id, until: [app.done], lease: 1h } }
  money: { quota: 100/month, per: key, on: begin, cost: { reserve: facts.cost } }
`;

const WHO = { auth: 'key', address: '', key: 'k' };
const decided = (decision: Soon<EventDecision | 'unknown'>): EventDecision => {
  if (decision === 'unknown' || decision instanceof Promise) throw new Error('expected a decision at once');
  return decision;
};

describe('an event of the application', () => {
  it('counts with requests, and is refused as they are', () => {
    const { ask, gate, clock } = gateOf(WEB);
    const web = (): EventDecision => decided(gate.event('web-content', { subject: WHO }));
    expect([web().allowed, forwarded(ask({ method: 'POST' })).operation, web().allowed]).toEqual([true, 'post', true]);
    const last = web();
    expect([last.allowed, last.limit, last.retryAfterMs, last.answer?.status]).toEqual([false, 'content', 60_000, 429]);
    clock.nowMs += last.retryAfterMs;
    expect(web().allowed).toBe(true);
  });

  it('that nobody named is unknown, and changes nothing', () => {
    const { gate } = gateOf(WEB);
    for (const name of ['web', 'app.web', 'constructor', '', 'done2'])
      expect(gate.event(name, { subject: WHO })).toBe('unknown');
  });

  it('told twice under one id is charged once', () => {
    const { gate } = gateOf(WEB);
    const web = (id: string): boolean => decided(gate.event('web-content', { subject: WHO, id })).allowed;
    expect(['a', 'a', 'a', 'a', 'b', 'c', 'd'].map(web)).toEqual([true, true, true, true, true, true, false]);
  });

  it('begins what another ends, whoever tells it and however often', () => {
    const { gate } = gateOf(WEB);
    const begin = (id: string): EventDecision => decided(gate.event('begin', { subject: WHO, facts: { id, cost: 5 } }));
    const done = (id: unknown): boolean =>
      decided(gate.event('done', { subject: { ...WHO, key: 'x' }, facts: { id } })).allowed;
    expect([begin('1').allowed, begin('2').allowed, begin('3').limit]).toEqual([true, true, 'jobs']);
    expect([done('2'), done('2'), done('nobody')]).toEqual([true, true, true]);
    expect(() => done(undefined)).toThrow('ERR_EVENT');
    expect([begin('4').allowed, begin('5').allowed]).toEqual([true, false]);
  });

  it('gives the id by which what it reserves is settled', () => {
    const { gate } = gateOf(WEB);
    const { reservationId = '' } = decided(gate.event('begin', { subject: WHO, facts: { id: '1', cost: 60 } }));
    const cost = (units: number): string | undefined =>
      decided(gate.event('begin', { subject: WHO, facts: { id: `c${units}`, cost: units } })).limit;
    expect(cost(41)).toBe('money');
    expect(gate.resolve(reservationId, { settle: { money: 10 } })).toBe('ok');
    expect(cost(90)).toBeUndefined();
  });

  it('whose figures cannot be told is refused', () => {
    const { gate } = gateOf(
      `${KEY}operations: { e: { event: app.e } }\nlimits: { a: { rate: 9/s, per: key, on: e, cost: 'facts.n' } }`,
    );
    expect(() => gate.event('e', { subject: WHO })).toThrow(/ERR_PLAN_COST/);
  });
});

describe('what an answer says in other protocols', () => {
  const MAIL = `${KEY}
operations: { mail: { event: app.mail } }
limits: { sent: { rate: 1/minute, algorithm: fixed, per: key, on: mail, past: later } }
respond: { answers: { later: { status: 421, codes: { smtp: '450 4.7.1 Too much mail from {= facts.from }, try again in {retryAfter} s', grpc: "8" } } } }`;
  const mail = (from: string): EventDecision => {
    const { gate } = gateOf(MAIL);
    const told = { subject: WHO, facts: { from } };
    expect(decided(gate.event('mail', told)).codes).toEqual({});
    return decided(gate.event('mail', told));
  };

  it('is told with the refusal, on one line, of a length that its protocol takes', () => {
    expect(mail('ann').codes).toEqual({ smtp: '450 4.7.1 Too much mail from ann, try again in 60 s', grpc: '8' });
    expect(mail('ann\r\n250 OK').codes['smtp']).toBe('450 4.7.1 Too much mail from ann 250 OK, try again in 60 s');
    expect(new TextEncoder().encode(mail('ä'.repeat(600)).codes['smtp'])).toHaveLength(509);
  });
});
