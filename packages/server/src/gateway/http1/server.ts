import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { upon, type Fields, type Soon } from 'headgate/http';
import { LOOK_MS, type Bounds } from '../bounds.ts';
import type { OnExchange, Protocol } from '../exchange.ts';
import type { Caller } from '../visitors.ts';
import { Ahead } from './ahead.ts';
import { Connections } from './connections.ts';
import { Http1Exchange, responseOn, type Switching } from './exchange.ts';
import { isWebSocket } from './refusal.ts';
import { endWith, refuseUnreadable } from './unreadable.ts';

export interface Http1Options {
  readonly bounds: Bounds;
  readonly onExchange: OnExchange;
  /** Told of a head that is no HTTP; gives the fields of its refusal. */
  readonly onMalformed: (caller: Caller, status: number) => Soon<Fields>;
}

/** HTTP/1 on connections that somebody else accepted. */
export function createHttp1({ bounds, onExchange, onMalformed }: Http1Options): Protocol {
  const connections = new Connections();
  const server = createServer({
    // Node takes no longer time for a part than for the whole.
    headersTimeout: Math.min(bounds.headMs, bounds.totalMs),
    requestTimeout: bounds.totalMs,
    keepAliveTimeout: bounds.keepAliveMs,
    connectionsCheckingInterval: LOOK_MS,
    maxHeaderSize: bounds.headBytes,
    insecureHTTPParser: false,
    // Looked at by us, so that it is answered, and counted, like any other malformed request.
    requireHostHeader: false,
    shouldUpgradeCallback: (request) => isWebSocket(request) && !connections.isBusy(request.socket),
  });
  server.timeout = bounds.silenceMs;
  // By default Node drops the fields beyond a thousand, and what was judged would not be what was sent.
  server.maxHeadersCount = 0;

  function serve(request: IncomingMessage, response: ServerResponse, waits: boolean, switching?: Switching): void {
    const connection = connections.begin(request.socket, response);
    if (connection === undefined) return;
    const exchange = new Http1Exchange(request, response, connection, bounds.headFields, switching);
    // Two readers could disagree on where it ends; and Node loses what it read together with a wish to switch that is not granted.
    const isPassedOver = switching === undefined && exchange.names.includes('upgrade');
    if (exchange.refusal !== undefined || isPassedOver) connections.finish(request.socket);
    onExchange(exchange, waits);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, ahead: Buffer): void {
    // Before Node 24.9 nobody is asked whether to switch, and Node reads this connection no further.
    if (connections.isBusy(socket)) return connections.finish(socket);
    serve(request, responseOn(request), false, { protocol: 'websocket', ahead: new Ahead(socket, ahead) });
  }

  function unreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || socket.destroyed) return void socket.destroy();
    if (!connections.breakOff(socket)) return;
    refuseUnreadable(error, socket, (status) => onMalformed(connections.callerOn(socket), status));
  }

  function tunnel(socket: Duplex): void {
    void upon(onMalformed(connections.callerOn(socket), 501), (fields) =>
      endWith(socket, 501, 'This gateway does not open tunnels.', fields),
    );
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
