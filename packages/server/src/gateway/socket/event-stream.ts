import type { Message } from 'headgate/http';
import type { HeldBounds } from './held.ts';

const [LF, CR] = [0x0a, 0x0d];
const NOTHING = Buffer.alloc(0);

/** Finds where events end in a stream of them: with an empty line, however lines end (HTML 9.2.5 and 9.2.6). */
export class EventSplitter {
  readonly #bounds: HeldBounds;
  #rest: Buffer = NOTHING;
  #taken = 0;
  #lineBytes = 0;
  #isBehindCr = false;

  constructor(bounds: HeldBounds) {
    this.#bounds = bounds;
  }

  /** The events that this piece completes, as they came; undefined when more is under way than may be kept. */
  take(chunk: Buffer): readonly Buffer[] | undefined {
    const found: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (!this.#endsEvent(chunk[at] ?? 0)) continue;
      // Both bytes of a line's end go with it, where both are there.
      if (this.#isBehindCr && chunk[at + 1] === LF) this.#endsEvent(chunk[++at] ?? 0);
      found.push(Buffer.concat([this.#rest, chunk.subarray(from, at + 1)]));
      this.#keep(NOTHING);
      from = at + 1;
    }
    return from === chunk.length || this.#keep(Buffer.concat([this.#rest, chunk.subarray(from)])) ? found : undefined;
  }

  /** What never came to its end: no reader makes an event of it. */
  get rest(): Buffer {
    return this.#rest;
  }

  release(): void {
    this.#keep(NOTHING);
  }

  #endsEvent(byte: number): boolean {
    const isSecond = byte === LF && this.#isBehindCr;
    this.#isBehindCr = byte === CR;
    if (isSecond) return false;
    if (byte !== LF && byte !== CR) this.#lineBytes++;
    else if (this.#lineBytes === 0) return true;
    else this.#lineBytes = 0;
    return false;
  }

  #keep(rest: Buffer): boolean {
    const { maxBytes, room } = this.#bounds;
    room.giveBack(this.#taken);
    this.#taken = 0;
    this.#rest = NOTHING;
    if (rest.length > maxBytes || !room.take(rest.length)) return false;
    this.#taken = rest.length;
    this.#rest = rest;
    return true;
  }
}

/** An event as a message; undefined where no reader would hear of it: a comment, an id alone. */
export function messageOf(event: Buffer): Message | undefined {
  const lines = event.toString().split(/\r\n|\n|\r/);
  const data = lines.filter((line) => line === 'data' || line.startsWith('data:')).map((line) => valueOf(line));
  if (data.length === 0) return undefined;
  const payload = Buffer.from(data.join('\n'));
  return { bytes: payload.length, type: 'text', payload };
}

/** One space behind the colon is no part of it. */
function valueOf(line: string): string {
  return line.slice('data:'.length).replace(/^ /, '');
}

/** A text as an event. */
export function eventOf(text: string): Buffer {
  const lines = text.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`);
  return Buffer.from(`${lines.join('')}\n`);
}
