/*
 * Frames of a web socket (RFC 6455 5.2), read as they come: a head is put together, a payload is not.
 */

/** What a frame is (RFC 6455 11.8). */
export const OPCODE = { more: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const KNOWN: ReadonlySet<number> = new Set(Object.values(OPCODE));
/** The longest head: two bytes, eight of length, four of mask. */
const MAX_HEAD = 14;
/** RFC 6455 5.5. */
const MAX_CONTROL = 125;

/** Why a connection cannot go on: a code of RFC 6455 7.4.1, and words for whoever broke the rule. */
export class FrameError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly length: number;
  /** Undefined where it is not masked. */
  readonly mask: Buffer | undefined;
  /** As it came. */
  readonly head: Buffer;
}

export function isControl({ opcode }: Frame): boolean {
  return opcode >= OPCODE.close;
}

/** Puts heads together, whatever pieces they come in. */
export class HeadReader {
  readonly #isMasked: boolean;
  readonly #head: Buffer = Buffer.alloc(MAX_HEAD);
  #has = 0;

  /** @param isMasked RFC 6455 5.1: callers mask, servers do not */
  constructor(isMasked: boolean) {
    this.#isMasked = isMasked;
  }

  /** Whether part of a head has come. */
  get hasBegun(): boolean {
    return this.#has > 0;
  }

  /** Takes what it needs from `bytes`, and says how much that was. @throws FrameError */
  take(bytes: Buffer): { readonly taken: number; readonly frame: Frame | undefined } {
    let taken = 0;
    for (let wants = this.#wants(); this.#has < wants; wants = this.#wants()) {
      const copied = bytes.copy(this.#head, this.#has, taken, taken + wants - this.#has);
      if (copied === 0) return { taken, frame: undefined };
      taken += copied;
      this.#has += copied;
      if (this.#has >= 2) this.#check();
    }
    const head = Buffer.from(this.#head.subarray(0, this.#has));
    this.#has = 0;
    return { taken, frame: frameOf(head, this.#isMasked) };
  }

  #wants(): number {
    if (this.#has < 2) return 2;
    return 2 + lengthBytes(this.#head[1] ?? 0) + (this.#isMasked ? 4 : 0);
  }

  /** What its first two bytes break. */
  #check(): void {
    const [first = 0, second = 0] = this.#head;
    if ((first & 0x70) !== 0) throw new FrameError(1002, 'a bit is set of an extension that was not agreed on');
    if (!KNOWN.has(first & 0x0f)) throw new FrameError(1002, 'a frame of no known kind');
    if (((second & 0x80) !== 0) !== this.#isMasked)
      throw new FrameError(1002, this.#isMasked ? 'a frame is not masked' : 'a frame is masked');
    const isControlFrame = (first & 0x0f) >= OPCODE.close;
    if (isControlFrame && ((first & 0x80) === 0 || (second & 0x7f) > MAX_CONTROL))
      throw new FrameError(1002, 'a control frame is in parts, or too long');
  }
}

function lengthBytes(second: number): number {
  const short = second & 0x7f;
  return short < 126 ? 0 : short === 126 ? 2 : 8;
}

function frameOf(head: Buffer, isMasked: boolean): Frame {
  const [first = 0, second = 0] = head;
  const frame: Frame = {
    opcode: first & 0x0f,
    isLast: (first & 0x80) !== 0,
    length: lengthOf(head, second),
    mask: isMasked ? head.subarray(head.length - 4) : undefined,
    head,
  };
  if (frame.opcode === OPCODE.close && frame.length === 1) throw new FrameError(1002, 'a close has half a code');
  return frame;
}

/** RFC 6455 5.2: the fewest bytes that can say it, and never the highest bit of eight. */
function lengthOf(head: Buffer, second: number): number {
  const bytes = lengthBytes(second);
  if (bytes === 0) return second & 0x7f;
  const length = bytes === 2 ? BigInt(head.readUInt16BE(2)) : head.readBigUInt64BE(2);
  if (length < (bytes === 2 ? 126n : 65_536n))
    throw new FrameError(1002, 'a length is not written in as few bytes as it could be');
  if (length >= 2n ** 63n) throw new FrameError(1002, 'a length is above 2^63');
  if (length > Number.MAX_SAFE_INTEGER) throw new FrameError(1009, 'a frame is too long');
  return Number(length);
}

/** Undoes the mask, in place, of a piece that begins so many bytes into its frame. */
export function unmask(piece: Buffer, mask: Buffer, from: number): void {
  for (let i = 0; i < piece.length; i++) piece[i] = (piece[i] ?? 0) ^ (mask[(from + i) & 3] ?? 0);
}
