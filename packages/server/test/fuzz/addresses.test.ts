/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FieldRules } from '../../src/gateway/field-rules.ts';
import { upstreamFields } from '../../src/gateway/forwarding.ts';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';
import { gateOf, judged, viewOf } from './gate.ts';

const PIECES = [
  '10.0.0.1', '127.0.0.1', '203.0.113.7', '::1', '::', '2001:db8::1', '::ffff:10.0.0.1', '::ffff:0a00:1', 'fe80::1%eth0', '[', ']', ':443', ':', ',', ', ', '.', '%',
  'for=', 'For=', 'by=', 'proto=https', ';', '"', '\\', '\\"', 'unknown', '_hidden', '0', '00', '0x7f.1', '127.1', '2130706433', '017700000001', '256.1.1.1', '1.2.3.4.5',
  ' ', '\t', '\u0000', '\u0661', 'host=a',
]; // prettier-ignore

const policy = (header: string): string => `
identify: { anonymous: true }
unidentified: unlimited
address: { trust: [10.0.0.0/8, 127.0.0.0/8, '::1'], header: ${header} }
limits: { calls: { rate: 1000000000/minute, per: address } }
`;
const GATES = ['X-Forwarded-For', 'X-Real-IP'].map((header) => [header, gateOf(policy(header))] as const);
const addresses = pieces(PIECES, 6);

describe('whatever an address says', () => {
  it(
    'is grouped, and what it is grouped as is an address, grouped as itself',
    () =>
      fuzz(
        fc.oneof(
          addresses,
          fc.ipV4(),
          fc.ipV6(),
          fc.ipV6().map((ip) => `[${ip}]:443`),
          fc.ipV4().map((ip) => `::ffff:${ip}`),
        ),
        [
          '',
          'unknown',
          '::ffff:10.0.0.1',
          'fe80::1%eth0',
          '[::1]:443',
          '010.0.0.1',
          '0x7f.0.0.1',
          '1.2.3.4:99999999999',
        ],
        (text) => {
          for (const [, gate] of GATES) {
            const network = gate.networkOf(text);
            expect(network === 'unknown' || isIP(network) > 0).toBe(true);
            expect(gate.networkOf(network)).toBe(network);
            expect(gate.trusts(text)).toBe(gate.trusts(text.trim()));
          }
        },
      ),
    LIMIT_MS,
  );

  it(
    'nobody is judged by an address that a trusted proxy did not tell',
    () =>
      fuzz(
        fc.record({
          fields: fc.array(addresses, { maxLength: 4 }),
          peer: fc.constantFrom('10.0.0.1', '203.0.113.9', '::1', '::ffff:127.0.0.1'),
        }),
        [
          { fields: ['203.0.113.7, 10.0.0.2'], peer: '10.0.0.1' },
          { fields: ['1.1.1.1'], peer: '203.0.113.9' },
          { fields: ['a, , b'], peer: '::1' },
        ],
        ({ fields, peer }) => {
          for (const [header, gate] of GATES) {
            const view = viewOf({ peer, fields: fields.flatMap((value) => [header, value]) });
            const bare = viewOf({ peer });
            const told = judged(gate, view);
            expect(judged(gate, view).kind).toBe(told.kind);
            if (!gate.trusts(peer)) expect(judged(gate, bare).kind).toBe(told.kind);
          }
        },
      ),
    LIMIT_MS,
  );

  it(
    'the API is told of the other end of the connection, in a list that ends with it',
    () =>
      fuzz(
        fc.record({ value: pieces(PIECES), peer: fc.constantFrom('10.0.0.1', '203.0.113.9', '::1') }),
        [
          { value: '9.9.9.9', peer: '203.0.113.9' },
          { value: 'for="a";', peer: '10.0.0.1' },
        ],
        ({ value, peer }) => {
          const [, gate] = GATES[0] ?? [];
          if (gate === undefined) throw new Error('there is one');
          const fields = ['X-Forwarded-For', value, 'Forwarded', value, 'Host', 'a', 'X_Forwarded_For', value];
          const names = fields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
          const exchange = { ...viewOf({ peer, fields }), names, version: '1.1' };
          const sent = upstreamFields(
            exchange as unknown as Parameters<typeof upstreamFields>[0],
            { rewrite: undefined, reads: undefined, hands: [] },
            gate,
            new FieldRules(gate),
          ); // all that it reads
          const of = (name: string): string[] =>
            sent.filter((_, at) => at % 2 === 1 && sent[at - 1]?.toLowerCase() === name);
          expect(of('x-forwarded-for')).toEqual([gate.trusts(peer) ? `${value}, ${peer}` : peer]);
          expect(of('forwarded')[0]).toMatch(/for=(?:[\d.]+|"\[[\da-f:]+\]");host="a";proto=http$/);
          expect([of('forwarded').length, of('x_forwarded_for')]).toEqual([1, []]);
        },
      ),
    LIMIT_MS,
  );
});
