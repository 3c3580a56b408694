import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce, gateOf, viewOf } from '../../test/gate-of.ts';
import type { Handled } from './handled.ts';

const policyOf = (limits: string): string => `
identify: { anonymous: true }
unidentified: unlimited
limits: ${limits}
respond: { headers: [{ of: [a, b], dialect: ratelimit }, { of: tightest, dialect: x-ratelimit, reset: epochMs }] }
`;

const POLICIES = [
  '{ a: { rate: 3/10s, per: address }, b: { rate: 9/minute, algorithm: fixed, per: address } }',
  '{ a: { rate: 3/10s, algorithm: bucket, per: address }, b: { rate: 20/minute, per: global } }',
  '{ a: { rate: 2/10s, algorithm: fixed, align: clock, per: address }, b: { rate: 5/minute, count: attempts, per: address } }',
].map(policyOf);

/** What is told of a request, and what becomes of it when its handler charges more and gives some back. */
function toldOf(handled: Handled, extra: number): unknown {
  if (handled.kind === 'answer') return { status: handled.status, fields: handled.fields, body: handled.body };
  const before = handled.settle(200);
  const outcome = handled.judged?.charge(handled.judged.plan.limits.map(() => extra));
  const charged = outcome && atOnce(outcome)?.allowed;
  const after = handled.settle(404);
  const returned = handled.judged?.giveBack([1, 0]);
  return [before, charged, after, returned, handled.settle(200), handled.answer(502, 'No.')];
}

const asked = fc.record({
  peer: fc.constantFrom('192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8::2', '192.0.2.2'),
  extra: fc.integer({ min: 0, max: 2 }),
  afterMs: fc.constantFrom(0, 0, 0, 1, 999, 5000, 12_000),
});

describe('a policy that counts addresses alone', () => {
  it.each(POLICIES)('is judged the short way as it is the long way: %s', (policy) => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), (asks) => {
        const [long, short] = [gateOf(policy), gateOf(policy)];
        for (const { peer, extra, afterMs } of asks) {
          long.clock.nowMs += afterMs;
          short.clock.nowMs += afterMs;
          const view = viewOf({ peer, fields: [] });
          const handled = short.gate.byAddress?.(view);
          expect(handled && toldOf(atOnce(handled), extra)).toEqual(toldOf(atOnce(long.gate.handle(view)), extra));
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['knows callers', 'identify: { key: { header: X-API-Key, find: any }, anonymous: true }'],
    ['limits who is not known', 'identify: { anonymous: true }\nunidentified: 5/minute'],
    [
      'knows operations',
      'identify: { anonymous: true }\nunidentified: unlimited\noperations: { rest: { match: ANY /** } }',
    ],
    ['derives', 'identify: { anonymous: true }\nunidentified: unlimited\nderive: { net: subject.address }'],
  ])('is none that %s', (_, head) => {
    expect(gateOf(`${head}\nlimits: { a: { rate: 3/10s, per: address } }\n`).gate.byAddress).toBeUndefined();
  });

  it.each([
    'per: operation',
    'per: [address, operation]',
    'per: address, when: "request.method == \'GET\'"',
    'per: address, cost: request.bytes',
  ])('is none with a limit that has %s', (words) => {
    const head = 'identify: { anonymous: true }\nunidentified: unlimited\n';
    expect(gateOf(`${head}limits: { a: { rate: 3/10s, ${words} } }\n`).gate.byAddress).toBeUndefined();
  });
});
