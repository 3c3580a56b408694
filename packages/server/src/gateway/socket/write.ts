import { randomBytes } from 'node:crypto';
import { OPCODE, unmask } from './frame.ts';

/** A whole frame of our own. To the API it is masked, as a caller's is (RFC 6455 5.3). */
function frameFor(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const mask = isMasked ? randomBytes(4) : undefined;
  const body = Buffer.from(payload);
  if (mask !== undefined) unmask(body, mask, 0);
  return Buffer.concat([headOf(opcode, payload.length, isMasked), mask ?? NOTHING, body]);
}

const NOTHING = Buffer.alloc(0);

function headOf(opcode: number, length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.from([0x80 | opcode, bit | length]);
  if (length < 65_536) return Buffer.from([0x80 | opcode, bit | 126, length >> 8, length & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = bit | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

/** RFC 6455 5.5.1. */
export function closeFrame(code: number, reason: string, isMasked: boolean): Buffer {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return frameFor(OPCODE.close, payload, isMasked);
}

export function textFrame(text: string): Buffer {
  return frameFor(OPCODE.text, Buffer.from(text), false);
}
