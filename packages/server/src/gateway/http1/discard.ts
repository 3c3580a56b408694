import type { IncomingMessage } from 'node:http';

/** Bytes of an unread body that are still taken in, so that the caller reads the answer before the connection ends. */
const MAX_DISCARDED = 256 * 1024;
/** How long such a caller may go on sending. */
const MAX_DISCARD_MS = 1000;

/**
 * Takes in what is left of a body that nobody wants, then calls `done`: at its end, or at the named bounds. Closing with
 * bytes unread would reset the connection, and the caller would lose the answer.
 */
export function discard(request: IncomingMessage, done: () => void): void {
  if (request.complete || request.destroyed) return done();
  let left = MAX_DISCARDED;
  const finish = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', finish).off('close', finish).off('error', finish);
    done();
  };
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
  };
  const timer = setTimeout(finish, MAX_DISCARD_MS);
  request.on('data', onData).on('end', finish).on('close', finish).on('error', finish);
  request.resume();
}
