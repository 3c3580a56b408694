import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { gateOf, type Spec } from '../gate-of.ts';

const POLICY = `address: { trust: 10.0.0.0/8, header: X-Real-IP, when: 'request.headers["x-edge"] == "s3cret" && subject.address != "10.0.0.66"' }
limits: { calls: { rate: 2/minute, algorithm: fixed, per: address } }`;
const through = (peer: string, from: string, edge?: string): Spec => ({
  peer,
  fields: [['X-Real-IP', from], ...(edge === undefined ? [] : ([['X-Edge', edge]] as const))],
});

describe('a forwarded address', () => {
  it('is believed of a trusted proxy, where the policy’s condition holds, and else counts as the proxy’s', () => {
    const { ask } = gateOf(POLICY);
    const passes = (spec: Spec): boolean => ask(spec).kind !== 'answer';
    // Two each, whoever sends them: the callers that are told apart.
    for (const from of ['203.0.113.1', '203.0.113.2'])
      expect([1, 2, 3].map(() => passes(through('10.0.0.1', from, 's3cret')))).toEqual([true, true, false]);
    // None of these is told apart: without the word, with another, twice, from a proxy that is excepted, and from outside.
    const spec = (i: number): Spec => through('10.0.0.1', `203.0.113.${i}`, ['', 'guess', 's3cret, s3cret'][i % 3]);
    expect([10, 11, 12].map((i) => passes(spec(i)))).toEqual([true, true, false]);
    expect([13, 14, 15].map((i) => passes(through('10.0.0.66', `203.0.113.${i}`, 's3cret')))).toEqual([
      true,
      true,
      false,
    ]);
    expect([16, 17, 18].map((i) => passes(through('198.51.100.1', `203.0.113.${i}`, 's3cret')))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each([
    ['address: { trust: 10.0.0.0/8, when: request.path == "/a" }', 'address.when: is asked before anybody is known'],
    ['address: { trust: 10.0.0.0/8, when: key.plan == "A" }', 'address.when: is asked before anybody is known'],
    ['address: { when: request.method == "GET" }', 'address.when: is never believed, since no proxy is in "trust"'],
  ])('is not by %s', (policy, said) => {
    expect(
      checkPolicy(`headgate: 1\n${policy}`)
        .map((problem) => lineOf(problem))
        .join('\n'),
    ).toContain(said);
  });
});
