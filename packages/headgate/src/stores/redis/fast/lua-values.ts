import { HEAD_BYTES, pack } from '../records/packing.ts';
import { positionOf, type FastCheck, type FastRecord } from './layout.ts';
import { writtenAs, type Names, type Piece } from './lua-checks.ts';

/*
 * How a script reads a record's value into locals, and puts it together again.
 */

/** A check, and what a script calls its parts. */
export interface Named {
  readonly one: FastCheck;
  readonly names: Names;
}

/** One reading for each stretch of numbers that stand side by side; the head is the first, and what follows it at once. */
export function reads(r: number, named: readonly Named[]): string[] {
  const all: { locals: string[]; format: string; from: number; to: number }[] = [
    { locals: [`version${r}`, `expires${r}`, `idle${r}`, `layout${r}`], format: 'dddI4', from: 1, to: 29 },
  ];
  for (const { one, names } of inPlace(named)) {
    const from = positionOf(one.spot.at);
    const last = all.at(-1)!; // There is the head.
    const gap = from - last.to;
    const stretch = gap === 0 || gap === positionOf(0) - 29 ? last : { locals: [], format: '', from, to: from };
    if (stretch !== last) all.push(stretch);
    stretch.format += 'x'.repeat(from - stretch.to) + 'd'.repeat(names.numbers.length);
    stretch.locals.push(...names.numbers);
    stretch.to = from + names.numbers.length * 8;
  }
  return all.map(({ locals, format, from }) => `${locals.join(', ')} = read('<${format}', value${r}, ${from})`);
}

function inPlace(named: readonly Named[]): Named[] {
  return named.toSorted((a, b) => a.one.spot.at - b.one.spot.at);
}

/** What becomes of what was read of a value: its numbers anew, and all else as it stands there. */
export function written(r: number, named: readonly Named[], fresh: Buffer): string {
  const pieces: Piece[] = [`version${r}`, `expires${r}`, `idle${r}`].map((number) => ['d', number]);
  let at = 25;
  const upTo = (end: number): void => {
    // What no check counts; the head's own words are the same in every value.
    if (at === 25 && end === positionOf(0)) pieces.push(['c9', literal(fresh.subarray(24, HEAD_BYTES))]);
    else if (end > at) pieces.push(['', `sub(value${r}, ${at}, ${end - 1})`]);
  };
  for (const { one, names } of inPlace(named)) {
    upTo(positionOf(one.spot.at));
    pieces.push(...writtenAs(one, names));
    at = positionOf(one.spot.at + one.spot.width);
  }
  return joined(pieces);
}

/** Pieces, one after another: numbers that stand side by side are packed at once. */
function joined(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  let packed: Piece[] = [];
  const flush = (): void => {
    if (packed.length > 0)
      parts.push(
        `pack('<${packed.map(([format]) => format).join('')}', ${packed.map(([, value]) => value).join(', ')})`,
      );
    packed = [];
  };
  for (const piece of pieces) {
    if (piece[0] !== '') packed.push(piece);
    else {
      flush();
      parts.push(piece[1]);
    }
  }
  flush();
  return parts.join(' .. ');
}

/** A value of nobody yet. */
export function freshOf({ shape }: FastRecord): Buffer {
  const { directory, stride, tag } = shape;
  return pack({ expiresAtMs: 0, idleAtMs: 0, numbers: new Float64Array(stride), directory, ledger: '' }, tag);
}

/** Bytes as Lua writes them, in letters that every encoding agrees on. */
export function literal(bytes: Buffer): string {
  return `'${Array.from(bytes, (byte) => `\\${byte.toString().padStart(3, '0')}`).join('')}'`;
}
