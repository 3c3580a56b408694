import { assert, array, constantFrom, integer, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Multipart } from './multipart.ts';
import type { Part } from './part.ts';

/** What was seen of a body: each part with the length of its content, and what was wrong. */
interface Seen {
  readonly parts: (Part & { bytes: number; ended: boolean })[];
  problem: string | undefined;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function see(pieces: Iterable<Uint8Array>, boundary = 'b'): Seen {
  const seen: Seen = { parts: [], problem: undefined };
  const reader = new Multipart(boundary, {
    onPart: (part) => void seen.parts.push({ ...part, bytes: 0, ended: false }),
    onContent: (bytes) => void (seen.parts.at(-1)!.bytes += bytes.length), // content follows its part
    onPartEnd: () => void (seen.parts.at(-1)!.ended = true),
  });
  for (const piece of pieces) if ((seen.problem ??= reader.take(piece)) !== undefined) return seen;
  seen.problem = reader.end();
  return seen;
}

const whole = (text: string, boundary?: string): Seen => see([bytesOf(text)], boundary);
const file = (name: string, content: string, type = 'image/png'): string =>
  `--b\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`;

describe('a multipart body', () => {
  it('is read part by part, whatever its pieces are', () => {
    const text = `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n${file('a.png', 'pixels')}--b--\r\n`;
    const bytes = bytesOf(text);
    for (const size of [1, 2, 3, 7, 64, text.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const { parts, problem } = see(pieces);
      expect(problem).toBeUndefined();
      expect(parts).toMatchObject([
        { isFile: false, bytes: 1, ended: true },
        { isFile: true, isNamed: true, names: ['a.png'], type: 'image/png', bytes: 6, ended: true },
      ]);
    }
  });

  it('is read the same from one buffer that is filled again and again', () => {
    const text = `${file('a.png', 'pixels\r\n--\r')}${file('b.mp4', '\r\n--')}--b--`;
    for (const size of [1, 2, 3, 7, 64]) {
      const buffer = Buffer.alloc(size);
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      const refilled = function* (): Iterable<Uint8Array> {
        for (const piece of pieces) yield buffer.subarray(0, buffer.write(piece, 'latin1'));
      };
      expect(see(refilled())).toEqual(whole(text));
    }
  });

  it.each([
    ['no boundary at its start', `preamble\r\n${file('a', 'x')}--b--`, /begin with its boundary/],
    ['a line that only begins as the boundary', file('a', 'x\r\n--bc\r\ny') + '--b--', /is none/],
    [
      'a boundary that ends in a bare line feed',
      '--b\nContent-Disposition: form-data; name="f"\n\nx\n--b--',
      /is none/,
    ],
    ['no end', file('a', 'x'), /before its last boundary/],
    ['no end behind the boundary', `${file('a', 'x')}--b`, /before its last boundary/],
    ['something behind its end', `${file('a', 'x')}--b--\r\n${file('b', 'y')}--b--`, /follows its last/],
    ['a part in parts', file('a', 'x', 'multipart/mixed; boundary=c') + '--b--', /multipart itself/],
    ['an encoding of a part', '--b\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--', /Transfer-Encoding/],
    ['a field twice', '--b\r\nContent-Type: a/b\r\ncontent-type: c/d\r\n\r\nx\r\n--b--', /twice/],
    ['a folded field', '--b\r\nContent-Disposition: form-data;\r\n filename="a"\r\n\r\nx\r\n--b--', /cannot be read/],
    ['a field without a name', '--b\r\n: x\r\n\r\nx\r\n--b--', /cannot be read/],
    ['a space before a colon', '--b\r\nContent-Type : image/png\r\n\r\nx\r\n--b--', /cannot be read/],
    ['endless fields', `--b\r\nX: ${'x'.repeat(9000)}`, /more than 8192/],
    ['a head that has no end', '--b\r\nA: b\r\n--b--', /before its last|cannot be read/],
    [
      'a line that two readers take for another part',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n--b\r\n\r\nx\r\n--b--',
      /no line of its own/,
    ],
    ['more parts than anybody needs', `${'--b\r\n\r\nx\r\n'.repeat(100_000)}--b--`, /more than 10000 parts/],
  ])('with %s cannot be read', (_, text, problem) => {
    expect(whole(text).problem).toMatch(problem);
  });

  it('may have its boundary within a line of a file', () => {
    const content = 'x --b y\n--b\n--b--\r--b\r\n-b\r\n--';
    expect(whole(`${file('a', content)}--b--`)).toMatchObject({
      parts: [{ bytes: content.length }],
      problem: undefined,
    });
  });

  it.each<readonly [string, Partial<Part>]>([
    ['Content-Disposition: form-data; name="a"', { isFile: false }],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-8', { isFile: false }],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: application/json', { isFile: false }],
    ['Content-Disposition: form-data; name="a"\r\nContent-Type: image/png', { isFile: true, isNamed: false }],
    ['Content-Disposition: form-data; name="a"; filename=""', { isFile: true, isNamed: false, names: [''] }],
    ['content-disposition: form-data; FILENAME=a.png', { isFile: true, isNamed: true, names: ['a.png'] }],
    ['Content-Disposition: form-data;filename="a;b\\".png"', { names: ['a;b\\".png'] }],
    ["Content-Disposition: form-data; filename*=UTF-8''a.mp4; filename=a.png", { names: ["UTF-8''a.mp4", 'a.png'] }],
    ['Content-Disposition: form-data; filename*0="a."; filename*1="png"', { isFile: true }],
    ['Content-Type: application/octet-stream', { isFile: true, isNamed: false }],
  ])('takes a part for what any reader may take it for: %s', (head, part) => {
    expect(whole(`--b\r\n${head}\r\n\r\nx\r\n--b--`).parts).toMatchObject([part]);
  });

  it('is told the same of when it is long, however it is cut', () => {
    const boundary = 'a-longer-boundary';
    const lengths = [100_000, 0, 70_000, 1, 30_000, 200_000];
    const text = lengths.map((bytes) => file('n', '\r\n--a-longer'.repeat(Math.ceil(bytes / 10)).slice(0, bytes)));
    const bytes = bytesOf(`${text.join('')}--b--`.replaceAll('--b', `--${boundary}`));
    for (const size of [31, 1000, 65_536, 65_537, bytes.length]) {
      const { parts, problem } = see(cutBy(bytes, [size]), boundary);
      expect([problem, parts.map((part) => part.bytes)]).toEqual([undefined, lengths]);
    }
  });

  it('is told the same of however it is cut, and what is in it is never lost or found twice', () => {
    const content = array(constantFrom('\r', '\n', '\r\n', '-', '--', '--b', 'b', 'x', 'yy'), { maxLength: 12 });
    assert(
      property(
        array(content, { maxLength: 6 }),
        array(integer({ min: 1, max: 40 }), { minLength: 1 }),
        (contents, cuts) => {
          const texts = contents.map((pieces) => pieces.join('')).filter((text) => !`${text}\r\n`.includes('\r\n--b'));
          const fits = texts.filter((text) => !text.startsWith('--b'));
          const bytes = bytesOf(`${fits.map((text) => file('n', text)).join('')}--b--`);
          const seen = see(cutBy(bytes, cuts));
          expect([seen.problem, seen.parts.map((part) => part.bytes)]).toEqual([
            undefined,
            fits.map(({ length }) => length),
          ]);
        },
      ),
    );
  });

  it('is told the same of however it is cut, whatever it is', () => {
    const noise = array(
      constantFrom(
        '\r\n',
        '--b',
        '--b--',
        '\r\n--b\r\n',
        'Content-Type: image/png',
        ': ',
        '\r\n\r\n',
        ' ',
        '\0',
        'filename="',
        '\n',
        'x',
      ),
      { maxLength: 40 },
    );
    assert(
      property(
        noise,
        uint8Array({ maxLength: 20 }),
        array(integer({ min: 1, max: 9 }), { minLength: 1 }),
        (pieces, tail, cuts) => {
          const bytes = Uint8Array.from([...bytesOf(`--b\r\n${pieces.join('')}`), ...tail, ...bytesOf('\r\n--b--')]);
          expect(see(cutBy(bytes, cuts))).toEqual(see([bytes]));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function* cutBy(bytes: Uint8Array, cuts: readonly number[]): Iterable<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = cuts[i % cuts.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
