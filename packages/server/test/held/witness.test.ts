import type { Reads } from 'headgate/http';
import { describe, expect, it } from 'vitest';
import { Room } from '../../src/gateway/room.ts';
import { Witness } from '../../src/gateway/witness.ts';

const READS: Reads = { maxBytes: 100, members: undefined, wants: (_, type) => type === 'application/json' };
const JSON_HEADERS = { 'content-type': 'application/json', 'x-a': ['b', 'c'] };
const TEXT = Buffer.from('{"a":1}');

function witness(room: Room = new Room(100)): Witness {
  let nowMs = 1000;
  return new Witness(990.5, { nowMs: () => nowMs++, room });
}

/** Having seen an answer with this much of its body. */
function having(answered: Witness, headers: NodeJS.Dict<string | string[]> = JSON_HEADERS, reads?: Reads): Witness {
  answered.reaches();
  answered.answered(200, headers, reads);
  answered.passes(TEXT);
  return answered;
}

describe('a witness', () => {
  it('says that it is over once, of what ended it first', () => {
    const seen = having(witness());
    expect([seen.how, seen.ends('torn'), seen.ends('whole'), seen.how, seen.torn]).toEqual([
      undefined,
      true,
      false,
      'torn',
      true,
    ]);
  });

  it('knows the last byte by the length that was declared', () => {
    const seen = witness();
    seen.answered(200, { 'content-length': '14' }, undefined);
    expect([seen.passes(TEXT), seen.passes(TEXT)]).toEqual([false, true]);
  });

  it.each<[what: string, seen: () => Witness, how: 'whole' | 'left', body: object]>([
    ['nothing was asked', () => having(witness()), 'whole', { is: 'unread', why: 'absent' }],
    ['nothing was answered', witness, 'left', { is: 'unread', why: 'absent' }],
    ['it is of another type', () => having(witness(), {}, READS), 'whole', { is: 'unread', why: 'unasked' }],
    ['it is torn', () => having(witness(), JSON_HEADERS, READS), 'left', { is: 'unread', why: 'torn' }],
    ['it is whole', () => having(witness(), JSON_HEADERS, READS), 'whole', { is: 'json', value: { a: 1 } }],
  ])('tells of the body where %s', (_, seen, how, body) => {
    const one = seen();
    one.ends(how);
    expect([one.body, one.body]).toEqual([body, body]);
  });

  it('tells the fields as the API sent them, and whole milliseconds, rounded up', () => {
    const seen = having(witness());
    expect([seen.fields, seen.tookMs]).toEqual([['content-type', 'application/json', 'x-a', 'b', 'x-a', 'c'], 10]);
  });

  it('gives back the room of a body that nobody reads', () => {
    const room = new Room(TEXT.length);
    const seen = having(witness(room), JSON_HEADERS, READS);
    seen.ends('whole');
    expect(room.take(1)).toBe(false);
    seen.rests();
    expect(room.take(TEXT.length)).toBe(true);
  });
});
