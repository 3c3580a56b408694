import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { network } from '../index.ts';

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', 32, 64, '203.0.113.7'],
    ['203.0.113.7', 24, 64, '203.0.113.0/24'],
    ['203.0.113.7', 9, 64, '203.0.0.0/9'],
    ['203.0.113.7', 0, 64, '0.0.0.0/0'],
    ['::ffff:203.0.113.7', 24, 64, '203.0.113.0/24'],
    ['::ffff:cb00:7107', 32, 64, '203.0.113.7'],
    ['2001:DB8::1', 32, 128, '2001:db8:0:0:0:0:0:1'],
    ['2001:db8:1:2:3:4:5:6', 32, 64, '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:2:3:4:5:6', 32, 50, '2001:db8:1:0:0:0:0:0/50'],
    ['fe80::1%eth0', 32, 64, 'fe80:0:0:0:0:0:0:0/64'],
    ['::', 32, 128, '0:0:0:0:0:0:0:0'],
    ['64:ff9b::203.0.113.7', 32, 128, '64:ff9b:0:0:0:0:cb00:7107'],
    ['203.0.113.0/24', 32, 64, '203.0.113.0/24'],
    ['2001:db8:1:2:0:0:0:0/64', 32, 128, '2001:db8:1:2:0:0:0:0/64'],
  ])('%s by %i and %i is %s', (address, v4, v6, text) => {
    expect(network(address, v4, v6)).toBe(text);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1::2::3',
    ':1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '12345::',
    'g::',
    '::1.2.3',
    'x',
  ])('is none of what is no address: "%s"', (address) => {
    expect(network(address, 24, 64)).toBeUndefined();
  });

  it('is the same however often it is asked for, and of every address in it', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(
        fc.array(group, { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 0, max: 128 }),
        (groups, length) => {
          const whole = network(groups.map((part) => part.toString(16)).join(':'), 0, length);
          expect(network(whole, 0, length)).toBe(whole);
          const low = [...groups.slice(0, 7), (groups[7] ?? 0) ^ 1].map((part) => part.toString(16)).join(':');
          expect(network(low, 0, Math.min(length, 127))).toBe(network(whole, 0, Math.min(length, 127)));
        },
      ),
    );
  });
});
