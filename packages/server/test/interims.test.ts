import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Interims } from '../src/gateway/interims.ts';

const GO_ON = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: HTTP/1.1 100\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHTTP/1.1 100';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';

/** What undici reads of what comes in these pieces, where an answer is expected before each `answer`. */
function read(answers: readonly string[], cuts: readonly number[] = []): string {
  const interims = new Interims();
  let seen = '';
  for (const answer of answers) {
    interims.expect();
    const ends = [...new Set(cuts.map((cut) => cut % answer.length)), answer.length].toSorted((a, b) => a - b);
    for (const [i, end] of ends.entries()) {
      const piece = Buffer.from(answer.slice(ends[i - 1] ?? 0, end));
      interims.look(piece);
      seen += String(piece);
    }
  }
  return seen;
}

describe('what comes before an answer', () => {
  it.each<[what: string, answers: readonly string[], read: string]>([
    ['is 102 where it was 100', [GO_ON + OK], GO_ON.replace('100', '102') + OK],
    ['is what it was where it is another', [HINTS + OK], HINTS + OK],
    [
      'may come several times, and before the next answer',
      [GO_ON + HINTS + GO_ON + OK, GO_ON + OK],
      `${GO_ON.replace('100', '102')}${HINTS}${GO_ON.replace('100', '102')}${OK}${GO_ON.replace('100', '102')}${OK}`,
    ],
    ['is nothing in what another protocol says', [SWITCH + GO_ON, GO_ON], SWITCH + GO_ON + GO_ON],
    ['is nothing behind an answer', [OK + GO_ON], OK + GO_ON],
  ])('%s, in whatever pieces it comes', (_, answers, expected) => {
    expect(read(answers)).toBe(expected);
    fc.assert(fc.property(fc.array(fc.nat()), (cuts) => read(answers, cuts) === expected));
  });
});
