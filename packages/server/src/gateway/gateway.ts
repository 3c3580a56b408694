import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Handled, HttpGate } from 'headgate/http';
import { Connections } from './connections.ts';
import type { Log } from './log.ts';
import { Relay } from './relay.ts';
import { reply, replyProblem } from './reply.ts';
import { endWith, refuseUnreadable } from './unreadable.ts';
import type { Upstream } from './upstream.ts';
import { IncomingView, isField } from './view.ts';

/** Time to send a request's head. */
const HEAD_MS = 15_000;
/** Time between two requests on one connection. */
const KEEP_ALIVE_MS = 65_000;
/** Longest silence on a connection in the middle of a request or an answer. */
const SILENCE_MS = 300_000;
/** Requests at the upstream at once, or waiting for a connection to it. Beyond, they are turned away unjudged. */
const MAX_UNDER_WAY = 10_000;

export interface GatewayOptions {
  readonly gate: HttpGate;
  readonly upstream: Upstream;
  readonly log: Log;
  /** Default: 10,000. */
  readonly maxUnderWay?: number;
}

/** A reverse proxy that asks the gate before it forwards. */
export interface Gateway {
  readonly server: Server;
  /** Judges every request from now on by another policy. Requests under way keep the one they began with. */
  use(gate: HttpGate): void;
  /** Stops accepting, lets requests under way end for at most `boundMs`, and closes both sides. True when all of them ended. */
  drain(boundMs: number): Promise<boolean>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { gate: first, upstream, log, maxUnderWay = MAX_UNDER_WAY } = options;
  let gate = first;
  let underWay = 0;
  let draining: Promise<boolean> | undefined;
  const server = createServer({
    headersTimeout: HEAD_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    insecureHTTPParser: false,
  });
  server.timeout = SILENCE_MS;
  const connections = new Connections(server);

  function serve(request: IncomingMessage, response: ServerResponse, goOn: boolean): void {
    connections.begin(request.socket, response);
    // An answer that can no longer be sent is nobody's fault: the caller has gone.
    response.on('error', ignore);
    if (underWay >= maxUnderWay)
      return replyProblem(request, response, 503, 'The gateway is busy.', ['Retry-After', '1']);
    const unforwardable = refusal(request);
    if (unforwardable !== undefined) return replyProblem(request, response, ...unforwardable);
    const view = new IncomingView(request);
    const judged = judge(view, request, response);
    if (!(judged instanceof Promise)) return judged && answer(view, judged, request, response, goOn);
    void judged.then(
      (handled) => answer(view, handled, request, response, goOn),
      (error: unknown) => faulty(view, error, request, response),
    );
  }

  function answer(
    view: IncomingView,
    handled: Handled,
    request: IncomingMessage,
    response: ServerResponse,
    goOn: boolean,
  ): void {
    // Who went away while the caller was looked up waits for nothing.
    if (response.destroyed) return;
    if (handled.kind === 'answer') {
      log.denied(view.id, handled.status, handled.denial);
      return reply(request, response, handled.status, handled.fields, handled.body);
    }
    underWay++;
    response.on('close', () => underWay--);
    if (goOn) response.writeContinue();
    new Relay(request, response, gate, handled, upstream, (status, error) =>
      log.failed(view.id, status, error),
    ).start();
  }

  /** The gate's word; a fault is answered with 500, since a request that could not be judged must not pass. */
  function judge(
    view: IncomingView,
    request: IncomingMessage,
    response: ServerResponse,
  ): ReturnType<HttpGate['handle']> | undefined {
    try {
      return gate.handle(view);
    } catch (error) {
      faulty(view, error, request, response);
      return undefined;
    }
  }

  function faulty(view: IncomingView, error: unknown, request: IncomingMessage, response: ServerResponse): void {
    log.fault(view.id, error);
    replyProblem(request, response, 500, 'The request could not be judged.');
  }

  server.on('request', (request, response) => serve(request, response, false));
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('clientError', (error, socket) => {
    // In the middle of an answer, another's head would pass for its body: the connection can only be cut.
    if (connections.isAnswering(socket)) socket.destroy();
    else refuseUnreadable(error, socket);
  });
  server.on('connect', (_, socket) => endWith(socket, 501, 'This gateway does not open tunnels.'));

  async function end(boundMs: number): Promise<boolean> {
    const ended = await closed(server, connections, boundMs);
    server.closeAllConnections();
    await (ended ? upstream.pool.close() : upstream.pool.destroy());
    return ended;
  }

  return { server, use: (next) => void (gate = next), drain: (boundMs) => (draining ??= end(boundMs)) };
}

/** Why a request is not for forwarding, though it is HTTP; undefined when it is. */
function refusal(request: IncomingMessage): readonly [status: number, detail: string] | undefined {
  const { headers, httpVersion } = request;
  // RFC 9112 3.2: two hosts are two requests in one.
  if (isRepeated(request, 'host')) return [400, 'The request names more than one host.'];
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    // RFC 9112 6.1: a coding we do not undo must not be passed on as if we had, and HTTP/1.0 has none.
    if (coding.toLowerCase() !== 'chunked') return [501, 'The only transfer coding known here is chunked.'];
    if (httpVersion === '1.0') return [400, 'HTTP/1.0 has no transfer codings.'];
  }
  // Other upgrades may be ignored (RFC 9110 7.8), and are.
  if (headers.upgrade === undefined || !/\bwebsocket\b/i.test(headers.upgrade)) return undefined;
  return [501, 'This gateway does not forward web sockets.'];
}

function isRepeated({ rawHeaders }: IncomingMessage, lowerCase: string): boolean {
  let found = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (isField(rawHeaders[i], lowerCase)) found++;
  return found > 1;
}

function ignore(): void {
  // See where it is used.
}

/** Resolves to whether every connection ended within the bound. */
function closed(server: Server, connections: Connections, boundMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const bound = setTimeout(() => resolve(false), boundMs);
    server.close(() => {
      clearTimeout(bound);
      resolve(true);
    });
    connections.drain();
  });
}
