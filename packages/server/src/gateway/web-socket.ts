import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Two connections that have stopped speaking HTTP become one stream of bytes each way. Each side waits for the other; when
 * one ends or is silent for too long, both do.
 */
export function joinSockets(caller: Duplex, api: Duplex, silenceMs: number): void {
  const close = (): void => {
    caller.destroy();
    api.destroy();
  };
  for (const side of [caller, api]) {
    side.on('error', close).on('close', close);
    // Both are sockets, plain or in TLS; their type is the stream that HTTP hands over.
    (side as Socket).setTimeout(silenceMs, close);
  }
  caller.pipe(api);
  api.pipe(caller);
}
