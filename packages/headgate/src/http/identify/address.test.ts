import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../test/gate-of.ts';
import { createAddresses } from './address.ts';
import { forwardedFor } from './forwarded.ts';
import { parseIp, rangeOf } from './ip.ts';

const spec = { trust: [] as readonly string[], group: { v4: 32, v6: 64 } };

function from(
  peer: string,
  fields: readonly string[] = [],
  trust: readonly string[] = [],
  header = 'X-Forwarded-For',
): string {
  const view = viewOf({ peer, fields: fields.map((value) => [header, value] as const) });
  return createAddresses({ ...spec, trust, header: header.toLowerCase() }).of(view);
}

describe('from where', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['::ffff:203.0.113.7%eth0', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::'],
    ['fe80::1%eth0', 'fe80::'],
    // What only holds an IPv4 address is no IPv4 address: 6to4, NAT64, the old compatible form.
    ['2002:cb00:7107::1', '2002:cb00:7107::'],
    ['64:ff9b::203.0.113.7', '64:ff9b::'],
    ['::203.0.113.7', '::'],
    ['', 'unknown'],
    ['localhost', 'unknown'],
    ['203.0.113.7%eth0', 'unknown'],
    ['203.0.113', 'unknown'],
    ['3405803783', 'unknown'],
    ['0xcb.0.0x71.7', 'unknown'],
    ['0313.0.0161.07', 'unknown'],
    ['203.0.113.07', 'unknown'],
    ['203.0.113.256', 'unknown'],
    ['::ffff:203.0.113.07', 'unknown'],
    ['::ffff:0xcb.0.113.7', 'unknown'],
    ['1::2::3', 'unknown'],
    ['12345::', 'unknown'],
    ['203.0.113.7 198.51.100.1', 'unknown'],
    ['203.0.113.7\u0000', 'unknown'],
  ])('reads the peer %s as %s', (peer, address) => {
    expect(from(peer)).toBe(address);
  });

  it('believes no forwarded address from a peer it does not trust', () => {
    expect(from('203.0.113.7', ['198.51.100.1'])).toBe('203.0.113.7');
    expect(from('203.0.113.7', ['198.51.100.1'], ['10.0.0.0/8'])).toBe('203.0.113.7');
  });

  it('believes a proxy whichever way its address and its range are written', () => {
    for (const trust of [
      '10.0.0.0/8',
      '::ffff:10.0.0.0/104',
      '::ffff:a00:0/104',
      '0:0:0:0:0:ffff:10.0.0.1',
      '10.0.0.1',
    ])
      for (const peer of ['10.0.0.1', '::ffff:10.0.0.1', '::ffff:a00:1'])
        expect(from(peer, ['198.51.100.1'], [trust])).toBe('198.51.100.1');
    expect(from('::ffff:11.0.0.1', ['198.51.100.1'], ['::ffff:10.0.0.0/104'])).toBe('11.0.0.1');
    expect(from('2001:db8::1', ['198.51.100.1'], ['0.0.0.0/0'])).toBe('2001:db8::');
    expect(from('fd00::7%eth1', ['198.51.100.1'], ['fd00::/8'])).toBe('198.51.100.1');
  });

  it('counts a thousand addresses of one network as one caller, and those of the next as others', () => {
    const addresses = Array.from({ length: 1000 }, (_, i) => from(`2001:db8:1:2:${i.toString(16)}::${i.toString(16)}`));
    expect(new Set(addresses)).toEqual(new Set(['2001:db8:1:2::']));
    expect(from('2001:db8:1:3::')).toBe('2001:db8:1:3::');
  });

  it.each([
    [['198.51.100.1'], '198.51.100.1'],
    [['1.1.1.1, 198.51.100.1'], '198.51.100.1'],
    [['1.1.1.1, 198.51.100.1, 10.0.0.9'], '198.51.100.1'],
    [['1.1.1.1', '198.51.100.1:4711'], '198.51.100.1'],
    [['"[2001:db8::1]:80", [2001:db8:a:b::1]:80'], '2001:db8:a:b::'],
    [['198.51.100.1, unknown'], '10.0.0.1'],
    [['198.51.100.1, 010.0.0.2'], '10.0.0.1'],
    [['198.51.100.1, 0x0a.0.0.2'], '10.0.0.1'],
    [['198.51.100.1, '], '10.0.0.1'],
    [['10.0.0.3, 10.0.0.2'], '10.0.0.3'],
    [[], '10.0.0.1'],
    [['::ffff:198.51.100.1'], '198.51.100.1'],
    [[`198.51.100.1${', 10.0.0.2'.repeat(31)}`], '198.51.100.1'],
    [[`198.51.100.1${', 10.0.0.2'.repeat(32)}`], '10.0.0.2'],
  ])('takes the rightmost hop that is not a trusted proxy: %j is %s', (forwarded, address) => {
    expect(from('10.0.0.1', forwarded, ['10.0.0.0/8'])).toBe(address);
  });

  it('reads no header but the one that is named', () => {
    const view = viewOf({ peer: '10.0.0.1', fields: [['Forwarded', 'for=198.51.100.1']] });
    expect(createAddresses({ ...spec, trust: ['10.0.0.1'] }).of(view)).toBe('10.0.0.1');
  });
});

describe('Forwarded', () => {
  it.each<[string[], string]>([
    // The examples of RFC 7239 4, 6.3 and 7.1.
    [['for="_gazonk"'], '10.0.0.1'],
    [['For="[2001:db8:cafe::17]:4711"'], '2001:db8:cafe::'],
    [['for=192.0.2.60;proto=http;by=203.0.113.43'], '192.0.2.60'],
    [['for=192.0.2.43, for=198.51.100.17'], '198.51.100.17'],
    [['for=_hidden, for=_SEVKISEK'], '10.0.0.1'],
    [['for=192.0.2.43, for="[2001:db8:cafe::17]", for=unknown'], '10.0.0.1'],
    [['for=192.0.2.43,for="[2001:db8:cafe::17]"', 'for=10.0.0.7'], '2001:db8:cafe::'],
    // Ports, names of ports, spaces, other orders, empty elements, quoted pairs.
    [['for="192.0.2.60:80"'], '192.0.2.60'],
    [['for=192.0.2.60:80'], '192.0.2.60'],
    [['for="192.0.2.60:_a.b-c"'], '192.0.2.60'],
    [['for="[2001:db8::1]:_p"'], '2001:db8::'],
    [['for=[2001:db8::1]'], '2001:db8::'],
    [['proto=https ; by=_me;FOR="192.0.2.60" ;host="a,b;for=6.6.6.6"'], '192.0.2.60'],
    [['for=1.1.1.1 ,, for=192.0.2.60 ,'], '192.0.2.60'],
    [['for="192.0.2.6\\0"'], '192.0.2.60'],
    [['for=192.0.2.60;;proto=http;'], '192.0.2.60'],
    // Nobody said who it is for.
    [['for=192.0.2.60, proto=http'], '10.0.0.1'],
    [['by=192.0.2.60'], '10.0.0.1'],
    [[''], '10.0.0.1'],
    [[], '10.0.0.1'],
    // Names and letters that are none.
    [['for=localhost'], '10.0.0.1'],
    [['for=010.0.0.7'], '10.0.0.1'],
    [['for=""'], '10.0.0.1'],
    [['for='], '10.0.0.1'],
    [['for'], '10.0.0.1'],
    [['for =192.0.2.60'], '10.0.0.1'],
    [['for= 192.0.2.60'], '10.0.0.1'],
    [['for=192.0.2.60;for=192.0.2.61'], '10.0.0.1'],
    [['for=192.0.2.60;For="192.0.2.61"'], '10.0.0.1'],
    [['for="192.0.2.60"x'], '10.0.0.1'],
    [['xfor=192.0.2.60'], '10.0.0.1'],
  ])('%j is %s', (fields, address) => {
    expect(from('10.0.0.1', fields, ['10.0.0.0/8'], 'Forwarded')).toBe(address);
  });

  it.each([
    'for="',
    'for="x',
    'for=6.6.6.6, for="x',
    'x="\\',
    'host="a\\"',
    'for=6.6.6.6;x="',
    '"',
    'for=6.6.6.6,"',
    'for="6.6.6.6", x="',
  ])('never takes what a caller wrote for what a proxy wrote behind it (%s)', (hostile) => {
    for (const said of [
      'for=192.0.2.60',
      'for="192.0.2.60:80"',
      'for="[2001:db8::1]";proto=https',
      'proto=http;for=192.0.2.60',
    ]) {
      const truth = said.includes('2001') ? '2001:db8::' : '192.0.2.60';
      // In one field the proxy is known to have said something, and not what; in its own field, what it said stands.
      expect(['10.0.0.1', truth]).toContain(from('10.0.0.1', [`${hostile}, ${said}`], ['10.0.0.0/8'], 'Forwarded'));
      expect(from('10.0.0.1', [hostile, said], ['10.0.0.0/8'], 'Forwarded')).toBe(truth);
    }
  });

  it('is read as a proxy meant it, whatever stands before: never as another address', () => {
    const piece = fc.constantFrom(
      'for=',
      '6.6.6.6',
      '"',
      '\\',
      ',',
      ';',
      ' ',
      'x',
      '=',
      '[::1]',
      'for=6.6.6.6',
      'host="a',
    );
    const safe = fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, quoted) => {
      const said = quoted ? 'for="192.0.2.60"' : 'for=192.0.2.60';
      const address = from('10.0.0.1', [`${pieces.join('')}, ${said}`], ['10.0.0.0/8'], 'Forwarded');
      return address === '192.0.2.60' || address === '10.0.0.1';
    });
    expect(fc.check(safe, { numRuns: 5000 })).toMatchObject({ failed: false });
  });

  it('is read as a slow reader of the grammar reads it', () => {
    const value = fc.oneof(
      fc.constantFrom('192.0.2.1', 'unknown', '_x', '192.0.2.1:80'),
      fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\\', '=', ' ', '[', ':'), maxLength: 6 }).map(quote),
    );
    const name = fc.constantFrom('for', 'For', 'by', 'host', 'proto');
    const element = fc.uniqueArray(fc.tuple(name, value), { maxLength: 3, selector: ([one]) => one.toLowerCase() });
    const same = fc.property(fc.array(element, { maxLength: 4 }), (elements) => {
      const text = elements.map((pairs) => pairs.map((pair) => pair.join('=')).join(';')).join(', ');
      const said = elements
        .filter((pairs) => pairs.length > 0)
        .map((pairs) => pairs.find(([one]) => one.toLowerCase() === 'for'));
      return JSON.stringify(forwardedFor(text)) === JSON.stringify(said.map((pair) => pair && unquote(pair[1])));
    });
    expect(fc.check(same, { numRuns: 3000 })).toMatchObject({ failed: false });
  });

  it('takes no longer for a longer field than in proportion', () => {
    for (const hostile of [
      'for="\\'.repeat(3000),
      ' '.repeat(15_000),
      ';'.repeat(15_000),
      ','.repeat(15_000),
      'a='.repeat(8000),
    ])
      expect(from('10.0.0.1', [hostile], ['10.0.0.0/8'], 'Forwarded')).toBe('10.0.0.1');
  });
});

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

describe('an address', () => {
  it('is read exactly where Node, which is strict, takes it for one', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom('0', '1', '9', 'f', 'F', ':', '.', '::', '255', 'ffff'), maxLength: 14 }),
    );
    const same = fc.property(text, (address) => {
      // What ends in a port is read without it, and is no address by itself.
      const expected = isIPv4(address) || isIPv6(address);
      const ported = /^[\d.]+:\d{1,5}$/.test(address);
      return ported || (parseIp(address) !== undefined) === expected;
    });
    expect(fc.check(same, { numRuns: 20_000 })).toMatchObject({ failed: false });
  });

  it('lies in a range exactly when its leading bits do', () => {
    const quad = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const bitsOf = (bytes: readonly number[]): string =>
      bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const same = fc.property(quad, quad, fc.nat(32), fc.boolean(), (base, other, length, mapped) => {
      const near = length > 16 ? [...base.slice(0, 2), ...other.slice(2)] : other; // else hardly ever inside
      const range = mapped ? `::ffff:${base.join('.')}/${length + 96}` : `${base.join('.')}/${length}`;
      const trusted = createAddresses({ ...spec, trust: [range] }).trusts(near.join('.'));
      return trusted === (bitsOf(base).slice(0, length) === bitsOf(near).slice(0, length));
    });
    expect(fc.check(same, { numRuns: 3000 })).toMatchObject({ failed: false });
  });

  it('has one network, however it is written', () => {
    const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });
    const same = fc.property(groups, (eight) => {
      const hex = eight.map((group) => group.toString(16));
      const mapped = eight.slice(0, 5).every((group) => group === 0) && eight[5] === 0xffff;
      const spellings = [
        hex.join(':'),
        hex.map((group) => group.padStart(4, '0').toUpperCase()).join(':'),
        `[${hex.join(':')}]:443`,
        `${hex.join(':')}%eth0`,
      ];
      const networks = new Set(spellings.map((text) => from(text)));
      const [network = ''] = networks;
      return (
        mapped ||
        (networks.size === 1 &&
          rangeOf(`${network}/64`)[1] === 64 &&
          parseIp(network)?.toNormalizedString() === `${hex.slice(0, 4).join(':')}:0:0:0:0`)
      );
    });
    expect(fc.check(same, { numRuns: 2000 })).toMatchObject({ failed: false });
  });
});
