import type { IncomingMessage } from 'node:http';

/** Bytes of a settlement: names and numbers. */
export const MAX_BODY_BYTES = 16_384;

/** The body as text; undefined when it is longer than it may be. What is not UTF-8 is not JSON either. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
