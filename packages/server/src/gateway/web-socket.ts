import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** RFC 6455 7.1.1: nobody goes on with half of a web socket. How long the other side may be silent until it ends too, in ms. */
const PARTING_MS = 1000;

/**
 * Two connections that have stopped speaking HTTP become one stream of bytes each way. Each side waits for the other; when
 * one ends or is silent for too long, both do.
 */
export function joinSockets(caller: Duplex, api: Duplex, silenceMs: number): void {
  bindSockets(caller, api, silenceMs);
  caller.pipe(api);
  api.pipe(caller);
}

/** Ends both sides when one does, or is silent for too long. Gives what lets them part: they have a moment left to say what they have to. */
export function bindSockets(caller: Duplex, api: Duplex, silenceMs: number): () => void {
  const close = (): void => {
    caller.destroy();
    api.destroy();
  };
  // What the other still has to say passes; one that says nothing would hold what the caller held, who is gone.
  const part = (): void => {
    for (const side of [caller, api]) (side as Socket).setTimeout(Math.min(silenceMs, PARTING_MS));
  };
  for (const side of [caller, api]) {
    side.on('error', close).on('close', close);
    // Both are sockets, plain or in TLS; their type is the stream that HTTP hands over.
    (side as Socket).setTimeout(silenceMs, close);
    side.once('end', part);
  }
  return part;
}
