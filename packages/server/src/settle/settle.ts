import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { limit, memoryStore, type Clock } from 'headgate';
import type { HttpGate } from 'headgate/http';
import { urlOf } from '../gateway/listening.ts';
import { refusal, send, type Answer } from './answers.ts';
import { MAX_BODY_BYTES, readBody } from './body.ts';
import { carriedOut, type Asked } from './carried-out.ts';
import { routeOf, VERBS, type Route } from './route.ts';
import type { Tokens } from './tokens.ts';

/** No API needs longer for a few hundred bytes. */
const MAX_REQUEST_MS = 10_000;
/** An API's processes, each with a few connections that it keeps. */
const MAX_CONNECTIONS = 1024;
const MAX_HEAD_BYTES = 8192;
/** Wrong tokens of one address that are told so, and written down; what comes beyond is told to wait. */
const WRONG_TOKENS = '10/minute';

const NOWHERE = `Expected /v1/reservations/{id}/ and one of ${VERBS.join(', ')}; /v1/limits/{name}/adjust; /v1/grants; or /v1/events/{name}.`;

export interface SettleOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tokens: Tokens;
  readonly gate: Asked;
  readonly networkOf: HttpGate['networkOf'];
  readonly clock: Clock;
  readonly onAnswer: (verb: Route['verb'], status: number) => void;
  /** Told of wrong tokens, as often as those who show them are. */
  readonly onWrongToken: () => void;
  /** Told of what is neither the API's mistake nor its leaving. */
  readonly onFault: (error: unknown) => void;
}

/** Where the API says what became of a reservation that it was handed, and an operator what is not so: apart from where callers come in. */
export interface Settle {
  readonly url: string;
  close(): void;
}

/** @throws the system's error when it cannot listen */
export async function startSettle(options: SettleOptions): Promise<Settle> {
  const answer = createAnswer(options);
  const server = createServer(
    { requestTimeout: MAX_REQUEST_MS, headersTimeout: MAX_REQUEST_MS, maxHeaderSize: MAX_HEAD_BYTES },
    (request, response) =>
      void answer(request)
        .catch((error: unknown) => faultOf(request, error, options))
        .then((told) => (told === undefined ? response.destroy() : send(response, told))),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening');
  return {
    url: urlOf('http', server.address()),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Undefined where nobody is left to be answered. */
function faultOf(request: IncomingMessage, error: unknown, { onFault }: SettleOptions): Answer | undefined {
  if (!request.complete) return undefined;
  onFault(error);
  return refusal(500, 'It could not be carried out.');
}

function createAnswer(options: SettleOptions): (request: IncomingMessage) => Promise<Answer> {
  const { tokens, gate, onAnswer } = options;
  const refuse = createTokenRefusal(options);

  return async (request) => {
    // Before anything that is asked for: without a token nobody learns what there is.
    if (!tokens.admits(request.headers.authorization)) return refuse(request.socket.remoteAddress ?? '');
    const route = routeOf(request.url ?? '/');
    if (route === undefined) return refusal(404, NOWHERE);
    if (request.method !== 'POST') return refusal(405, 'Expected POST.', { Allow: 'POST' });
    const body = await readBody(request);
    const told =
      body === undefined
        ? refusal(413, `What is said here has at most ${MAX_BODY_BYTES} bytes.`)
        : await carriedOut(gate, route, body);
    onAnswer(route.verb, told.status);
    return told;
  };
}

/** A right token passes however many wrong ones came: those only lose their voice. */
function createTokenRefusal({ clock, networkOf, onWrongToken }: SettleOptions): (address: string) => Answer {
  const wrong = limit(WRONG_TOKENS, { store: memoryStore({ clock }) });
  return (address) => {
    const { allowed, retryAfterMs } = wrong.decide(networkOf(address) || 'nobody');
    if (!allowed)
      return refusal(429, 'Too many wrong tokens.', { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) });
    onWrongToken();
    return refusal(401, 'Expected one of the tokens that were agreed on, as "Authorization: Bearer".', {
      'WWW-Authenticate': 'Bearer realm="settle"',
    });
  };
}
