import { createSearch, type Search } from './search.ts';
import { readPart, type Part } from './part.ts';
import { createSkippingSearch } from './skipping.ts';

/** What is told of a body as it passes. What any of these returns ends it. */
export interface MultipartEvents {
  onPart(part: Part): void;
  /** Bytes of the part's content, in order. */
  onContent(bytes: Uint8Array): void;
  onPartEnd(): void;
}

/** Parts of one body. */
const MAX_PARTS = 10_000;
/** Bytes of the fields of one part. */
const MAX_HEAD = 8 * 1024;
/** Of a boundary that is shorter there is too little to pass over. */
const MIN_SKIPPED = 8;
/** Bytes of a body for which a search is not worth being made ready: that takes longer than looking at them. */
const SHORT = 64 * 1024;
/** Spaces that may stand behind a boundary (RFC 2046 5.1.1). */
const MAX_PADDING = 64;

const [CR, LF, DASH, SPACE, TAB] = [13, 10, 45, 32, 9];
const NOTHING = new Uint8Array(0);
const LATIN1 = new TextDecoder('latin1');
const findHeadEnd = createSearch(bytesOf('\r\n\r\n'));

type State = 'start' | 'delimiter' | 'head' | 'content' | 'closed';

/**
 * Reads a multipart body (RFC 2046 5.1, RFC 7578) in pieces as they come, and keeps no more of it than the fields of one part. It is strict
 * where readers disagree: what one would skip, another could take for a file. Whatever `take` and `end` return is why the body cannot
 * be read.
 */
export class Multipart {
  readonly #events: MultipartEvents;
  #find: Search;
  readonly #boundary: Uint8Array;
  /** As it stands at the beginning, where no line ends before it. */
  readonly #first: Uint8Array;
  #state: State = 'start';
  #rest: Uint8Array = NOTHING;
  #parts = 0;
  #bytes = 0;

  constructor(boundary: string, events: MultipartEvents) {
    this.#boundary = bytesOf(`\r\n--${boundary}`);
    this.#events = events;
    this.#find = createSearch(this.#boundary);
    this.#first = this.#boundary.subarray(2);
  }

  take(chunk: Uint8Array): string | undefined {
    if (this.#bytes <= SHORT) this.#grow(chunk.length);
    const bytes = this.#withRest(chunk);
    let at = 0;
    for (;;) {
      const step = this.#step(bytes, at);
      if (typeof step === 'string') return step;
      if (step < 0) break;
      at = step;
    }
    const kept = this.#state === 'content' ? this.#openAt(bytes, at) : at;
    if (kept > at) this.#events.onContent(bytes.subarray(at, kept));
    // A copy, which `slice` of a Buffer is not: whoever gave the bytes may use them again.
    this.#rest = kept === bytes.length ? NOTHING : new Uint8Array(bytes.subarray(kept));
    return undefined;
  }

  end(): string | undefined {
    return this.#state === 'closed' ? undefined : 'it ends before its last boundary';
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > SHORT && this.#boundary.length >= MIN_SKIPPED + 4)
      this.#find = createSkippingSearch(this.#boundary, this.#find);
  }

  /** Where a boundary may have begun that goes on in the next piece. */
  #openAt(bytes: Uint8Array, from: number): number {
    let at = Math.max(from, bytes.length - this.#boundary.length + 1);
    while (at < bytes.length && (bytes[at] !== CR || this.#begins(bytes, at, this.#boundary) === false)) at++;
    return at;
  }

  /** Content is not copied to be put behind what has begun as a boundary and is none: it has one CR, and begins with that. */
  #withRest(chunk: Uint8Array): Uint8Array {
    const rest = this.#rest;
    if (rest.length === 0) return chunk;
    const goesOn = this.#state !== 'content' || this.#begins(chunk, 0, this.#boundary.subarray(rest.length)) !== false;
    if (goesOn) return joined(rest, chunk);
    this.#events.onContent(rest);
    return chunk;
  }

  /** Goes on from `at`: where to go on next, -1 when more must come first, or what is wrong. */
  #step(bytes: Uint8Array, at: number): number | string {
    switch (this.#state) {
      case 'start':
        return this.#start(bytes, at);
      case 'delimiter':
        return this.#delimiter(bytes, at);
      case 'head':
        return this.#head(bytes, at);
      case 'content':
        return this.#content(bytes, at);
      case 'closed':
        return this.#closed(bytes, at);
      default:
        return this.#state satisfies never;
    }
  }

  /** A preamble is none of our business to skip: there may be none. */
  #start(bytes: Uint8Array, at: number): number | string {
    const begins = this.#begins(bytes, at, this.#first);
    if (begins === undefined) return -1;
    if (!begins) return 'it does not begin with its boundary';
    this.#state = 'delimiter';
    return at + this.#first.length;
  }

  /** Behind a boundary: a line's end, or two dashes when it is the last. */
  #delimiter(bytes: Uint8Array, at: number): number | string {
    if (bytes.length - at < 2) return -1;
    if (bytes[at] === DASH && bytes[at + 1] === DASH) {
      this.#state = 'closed';
      return at + 2;
    }
    let end = at;
    while (bytes[end] === SPACE || bytes[end] === TAB) end++;
    if (end - at > MAX_PADDING) return 'a boundary has no end';
    if (bytes.length - end < 2) return -1;
    if (bytes[end] !== CR || bytes[end + 1] !== LF) return 'a line begins as a boundary does, and is none';
    if (++this.#parts > MAX_PARTS) return `it has more than ${MAX_PARTS} parts`;
    this.#state = 'head';
    // The line's end may be that of an empty head, too.
    return end;
  }

  #head(bytes: Uint8Array, at: number): number | string {
    const end = findHeadEnd(bytes, at);
    if ((end < 0 ? bytes.length : end) - at > MAX_HEAD) return `the fields of a part have more than ${MAX_HEAD} bytes`;
    if (end < 0) return -1;
    const after = this.#begins(bytes, end + 4, this.#first);
    if (after === undefined) return -1;
    // Some readers take the line's end before it for the boundary's own, and others take it for the content of this part.
    if (after) return 'a part has no content, and no line of its own for it';
    const part = readPart(end === at ? '' : LATIN1.decode(bytes.subarray(at + 2, end)));
    if (typeof part === 'string') return part;
    this.#events.onPart(part);
    this.#state = 'content';
    return end + 4;
  }

  /** Whether what is sought stands at `at`; undefined while that cannot be told. */
  #begins(bytes: Uint8Array, at: number, sought: Uint8Array): boolean | undefined {
    const known = Math.min(sought.length, bytes.length - at);
    for (let i = 0; i < known; i++) if (bytes[at + i] !== sought[i]) return false;
    return known < sought.length ? undefined : true;
  }

  #content(bytes: Uint8Array, at: number): number {
    const end = this.#find(bytes, at);
    if (end < 0) return -1;
    if (end > at) this.#events.onContent(bytes.subarray(at, end));
    this.#events.onPartEnd();
    this.#state = 'delimiter';
    return end + this.#boundary.length;
  }

  /** Nothing but a line's end may follow: what is skipped by one reader is read by another. */
  #closed(bytes: Uint8Array, at: number): number | string {
    for (let i = at; i < bytes.length; i++)
      if (![CR, LF, SPACE, TAB].includes(bytes[i] ?? 0)) return 'something follows its last boundary';
    return at === bytes.length ? -1 : bytes.length;
  }
}

/** Of ASCII, as boundaries are (RFC 2046 5.1.1). An encoder takes longer to be called than this. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
