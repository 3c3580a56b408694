import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantedOf } from '../../src/gateway/pick.ts';
import { Room } from '../../src/gateway/room.ts';
import { Tap } from '../../src/gateway/tap.ts';

const MAX = 1000;

function read(body: Buffer | string, coding?: string, sizes: readonly number[] = []): unknown {
  const tap = new Tap({ maxBytes: MAX, coding, room: new Room(MAX) });
  let rest = Buffer.from(body);
  for (const size of sizes) {
    tap.take(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  tap.take(rest);
  return tap.read();
}

const bomb = (bytes: number): string => JSON.stringify('0'.repeat(bytes));

describe('a tap', () => {
  it('reads any JSON text, in whatever pieces it passes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.array(fc.nat(5)), (value, sizes) => {
        const text = JSON.stringify(value);
        fc.pre(Buffer.byteLength(text) <= MAX);
        expect(read(text, undefined, sizes)).toEqual({ is: 'json', value: JSON.parse(text) as unknown });
      }),
    );
  });

  it('reads one long text after another, in pieces, and mixes none of them', () => {
    const texts = ['a', 'b', 'c'].map((letter, at) => JSON.stringify(letter.repeat(30_000 * (at + 1))));
    const values = texts.map((text) => {
      const tap = new Tap({ maxBytes: 1_000_000, room: new Room(1_000_000) });
      for (let at = 0; at < text.length; at += 10_000) tap.take(Buffer.from(text.slice(at, at + 10_000)));
      return tap.read();
    });
    expect(values).toEqual(texts.map((text) => ({ is: 'json', value: JSON.parse(text) as unknown })));
  });

  it('reads what passes in single bytes', () => {
    const text = bomb(MAX - 2);
    expect(
      read(
        text,
        'identity',
        Array.from(text, () => 1),
      ),
    ).toEqual({ is: 'json', value: '0'.repeat(MAX - 2) });
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('undoes %s, and stops where that would be more than its bound', (coding, encode) => {
    expect(read(encode('{"a":1}'), coding)).toEqual({ is: 'json', value: { a: 1 } });
    expect(read(encode(bomb(MAX - 2)), coding)).toEqual({ is: 'json', value: '0'.repeat(MAX - 2) });
    expect(read(encode(bomb(MAX - 1)), coding)).toEqual({ is: 'unread', why: 'too-long' });
    expect(read(encode(bomb(5_000_000)).subarray(0, MAX), coding)).toEqual({ is: 'unread', why: 'too-long' });
  });

  it.each<[what: string, body: Buffer | string, coding: string | undefined, why: string]>([
    ['nothing', '', undefined, 'absent'],
    ['a space', ' ', undefined, 'not-json'],
    ['a page', '<html></html>', undefined, 'not-json'],
    ['a number that is none', '{"a":NaN}', undefined, 'not-json'],
    ['a text that breaks off', '{"a":1', undefined, 'not-json'],
    ['two texts', '{"a":1}{"a":2}', undefined, 'not-json'],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), undefined, 'not-json'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), undefined, 'not-json'],
    ['what is said to be encoded, and is not', '{"a":1}', 'gzip', 'not-json'],
    ['what is encoded, and breaks off', gzipSync('{"a":1}').subarray(0, 15), 'gzip', 'not-json'],
    ['a coding that is not known here', zstdCompressSync('{"a":1}'), 'zstd', 'encoded'],
    ['two codings', gzipSync(gzipSync('{"a":1}')), 'gzip, gzip', 'encoded'],
    ['one byte too many', bomb(MAX - 1), undefined, 'too-long'],
  ])('says why it cannot read %s', (_, body, coding, why) => {
    expect(read(body, coding)).toEqual({ is: 'unread', why });
  });

  it.each([100, 100_000])('says of %i bytes that they are no UTF-8, wherever they are not', (length) => {
    for (const bad of [[0xff], [0xc3, 0x28], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
      const text = Buffer.from(JSON.stringify({ id: 'it', x: 'y'.repeat(length) }));
      const tap = new Tap({ maxBytes: 1_000_000, wanted: wantedOf(['id']), room: new Room(1_000_000) });
      tap.take(Buffer.concat([text.subarray(0, -5), Buffer.from(bad), text.subarray(-5)]));
      expect(tap.read()).toEqual({ is: 'unread', why: 'not-json' });
    }
  });

  it('ignores a byte order mark', () => {
    expect(read('\ufeff{"a":1}')).toEqual({ is: 'json', value: { a: 1 } });
  });

  it('keeps nothing of what is longer than its bound', () => {
    const tap = new Tap({ maxBytes: MAX, room: new Room(MAX) });
    const chunk = Buffer.alloc(64 * 1024, 0x30);
    for (let i = 0; i < 32_768; i++) tap.take(chunk);
    expect(tap.read()).toEqual({ is: 'unread', why: 'too-long' });
  });

  it('shares its room with all others, and gives it back however it ends', () => {
    const room = new Room(10);
    const [whole, torn, beyond] = [1, 2, 3].map(() => new Tap({ maxBytes: MAX, room }));
    whole?.take(Buffer.from('"12"'));
    torn?.take(Buffer.from('"1234'));
    beyond?.take(Buffer.from('"1'));
    expect([room.take(2), beyond?.read()]).toEqual([false, { is: 'unread', why: 'too-long' }]);
    torn?.close('torn');
    expect([whole?.read(), torn?.read()]).toEqual([
      { is: 'json', value: '12' },
      { is: 'unread', why: 'torn' },
    ]);
    expect([room.take(10), room.take(1)]).toEqual([true, false]);
  });
});
