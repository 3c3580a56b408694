import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Fields } from 'headgate/http';
import { LOOK_MS, type Bounds } from '../bounds.ts';
import type { OnExchange, Protocol } from '../exchange.ts';
import type { Caller } from '../visitors.ts';
import { Connections } from './connections.ts';
import { Http1Exchange, responseOn, type Switching } from './exchange.ts';
import { isWebSocket } from './refusal.ts';
import { endWith, refuseUnreadable } from './unreadable.ts';

export interface Http1Options {
  readonly bounds: Bounds;
  readonly onExchange: OnExchange;
  /** Told of a head that is no HTTP; gives the fields of its refusal. */
  readonly onMalformed: (caller: Caller, status: number) => Fields;
}

/** HTTP/1 on connections that somebody else accepted. */
export function createHttp1({ bounds, onExchange, onMalformed }: Http1Options): Protocol {
  const connections = new Connections();
  const server = createServer({
    headersTimeout: bounds.headMs,
    requestTimeout: bounds.totalMs,
    keepAliveTimeout: bounds.keepAliveMs,
    connectionsCheckingInterval: LOOK_MS,
    maxHeaderSize: bounds.headBytes,
    insecureHTTPParser: false,
    // Looked at by us, so that it is answered, and counted, like any other malformed request.
    requireHostHeader: false,
    shouldUpgradeCallback: isWebSocket,
  });
  server.timeout = bounds.silenceMs;
  // By default Node drops the fields beyond a thousand, and what was judged would not be what was sent.
  server.maxHeadersCount = 0;

  function serve(request: IncomingMessage, response: ServerResponse, waits: boolean, switching?: Switching): void {
    const caller = connections.begin(request.socket, response);
    onExchange(new Http1Exchange(request, response, caller, bounds.headFields, switching), waits);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, ahead: Buffer): void {
    serve(request, responseOn(request), false, { protocol: 'websocket', socket, ahead });
  }

  function unreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    // In the middle of an answer, another's head would pass for its body: the connection can only be cut.
    if (connections.isAnswering(socket)) socket.destroy();
    else refuseUnreadable(error, socket, (status) => onMalformed(connections.callerOn(socket), status));
  }

  function tunnel(socket: Duplex): void {
    endWith(socket, 501, 'This gateway does not open tunnels.', onMalformed(connections.callerOn(socket), 501));
  }

  server
    .on('request', (request, response) => serve(request, response, false))
    .on('checkContinue', (request, response) => serve(request, response, true))
    .on('checkExpectation', (request, response) => serve(request, response, false))
    .on('upgrade', upgrade)
    .on('clientError', unreadable)
    .on('connect', (_, socket) => tunnel(socket));

  // Node begins to look for requests that take too long when a server listens. This one is handed its connections.
  server.emit('listening');

  function take(socket: Duplex, caller: Caller): void {
    connections.add(socket, caller);
    server.emit('connection', socket);
    // Its first bytes were read and put back, and wait in a stream that stands still.
    socket.resume();
  }

  return { take, drain: () => connections.drain() };
}
