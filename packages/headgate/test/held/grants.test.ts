import { describe, expect, it } from 'vitest';
import type { Spec } from '../gate-of.ts';
import { world } from './world.ts';

/** A quota in dollars and one of calls, each of which takes grants; what a request costs is known at its end. */
const PLAN = `identify: { key: { header: X-API-Key, find: any } }
meters: { spend: { unit: USD, cost: { reserve: 0.5, actual: response.body.cost } } }
limits:
  calls: { quota: 3/day, per: key, grants: true }
  spend: { quota: $2/month, per: key, cost: spend, grants: true, past: [{ at: 80%, notify: owner }, { deny: spent }] }
  flat: { quota: 1000/day, per: key }
respond:
  headers: [{ of: calls, dialect: x-ratelimit }, { of: spend, fields: { X-Budget: '{limit}', X-Left: '{remaining}', X-Used: '{used}' } }]
  answers: { spent: { status: 402, body: { used: '{used}', of: '{limit}' } } }
notify: { owner: { log: warn } }`;

const ASK: Spec = { method: 'POST', fields: [['X-API-Key', 'k']] };
const OF = { subject: { auth: 'key', address: '192.0.2.1', key: 'k' } };
const DAY_MS = 86_400_000;

describe('a quota of a policy that takes grants', () => {
  it('is told with what was given on top, and spends its own first', () => {
    const { gate, ask, send, passes, clock } = world(PLAN);
    expect(gate.grant(OF, 'calls', { id: 'order-1', units: 2 })).toBe('given');
    expect(gate.grant(OF, 'calls', { id: 'order-1', units: 2 })).toBe('known');
    const told = ask(ASK);
    expect(told.kind === 'forward' && told.settle(200).slice(0, 4)).toEqual([
      'X-RateLimit-Limit',
      '5',
      'X-RateLimit-Remaining',
      '4',
    ]);
    for (let i = 0; i < 3; i++) send(ASK, { cost: 0 });
    clock.nowMs += DAY_MS;
    for (let i = 0; i < 4; i++) send(ASK, { cost: 0 });
    expect(passes(ASK)).toBe(false);
  });

  it('in dollars gives back what was reserved of a grant, and is noticed by all that there is', () => {
    const { gate, send, passes, notices, clock } = world(PLAN);
    void gate.grant(OF, 'calls', { id: 'many', units: 100 });
    void gate.grant(OF, 'spend', { id: 'credit', units: 1.25, endsAtMs: clock.nowMs + DAY_MS });
    for (const cost of [0.5, 0.5, 0.5, 0.5, 0.25]) send(ASK, { cost });
    expect(notices).toEqual([]);
    for (const cost of [0.5, 0.25]) send(ASK, { cost });
    expect(notices.map(({ percent, amount }) => [percent, amount])).toEqual([[80, 3.25]]);
    // A quarter is left, of which a reserve of fifty cents cannot be taken.
    expect(passes(ASK)).toBe(false);
  });

  it('answers as it is documented when all of it is spent', () => {
    const { gate, send, refusal } = world(PLAN);
    void gate.grant(OF, 'calls', { id: 'many', units: 100 });
    void gate.grant(OF, 'spend', { id: 'credit', units: 1 });
    for (let i = 0; i < 6; i++) send(ASK, { cost: 0.5 });
    expect(refusal(ASK)).toEqual({ used: 3, of: 3 });
  });

  it('refuses what is no grant, and gives nothing', () => {
    const { gate, clock } = world(PLAN);
    const grant = (limit: string, units: number, more = {}) => gate.grant(OF, limit, { id: 'a', units, ...more });
    expect(grant('callz', 1)).toBe('unknown');
    expect(() => grant('flat', 1)).toThrow('ERR_VERB');
    expect(() => grant('calls', 0.5)).toThrow('ERR_COST: grant calls');
    expect(() => grant('calls', -1)).toThrow('ERR_COST');
    expect(() => grant('calls', 1, { endsAtMs: clock.nowMs })).toThrow('ERR_GRANT');
    expect(() => grant('calls', 1, { id: '' })).toThrow('ERR_GRANT');
    expect(grant('calls', 1)).toBe('given');
  });
});
