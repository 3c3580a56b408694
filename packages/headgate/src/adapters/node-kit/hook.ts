import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Visit } from '../kit/index.ts';
import { BodyHook } from './body-hook.ts';
import { setFields, settle, wholeHead } from './head.ts';

const VISIT: unique symbol = Symbol('headgate');
const BEFORE: unique symbol = Symbol('writeHead');
const BODY: unique symbol = Symbol('body');

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[];
/** All that the overloads take. */
type WriteHead = (this: ServerResponse, status: number, reason?: string | Given, given?: Given) => ServerResponse;

interface Hooked extends ServerResponse {
  [VISIT]?: Visit;
  /** What another middleware has put there before. */
  [BEFORE]?: WriteHead;
  [BODY]?: BodyHook;
}

/** Sees to it that a response says how its request stands, once its status is known, whoever writes its head and however. */
export function hook(response: ServerResponse, visit: Visit): void {
  const hooked: Hooked = response;
  // The first gate may hold nothing, and one that the request meets later may.
  if (visit.holds || visit.rewrites) hooked[BODY] ??= new BodyHook(response, visit);
  if (hooked[VISIT] !== undefined) return;
  hooked[VISIT] = visit;
  // oxlint-disable-next-line typescript/unbound-method -- it is called on the response that it is of
  const writeHead = response.writeHead as WriteHead;
  if (writeHead !== usual(response)) hooked[BEFORE] = writeHead;
  response.writeHead = hookedWriteHead;
}

/** Whether whoever writes this response passes here already. */
export const isHooked = (response: ServerResponse): boolean => (response as Hooked)[VISIT] !== undefined;

/** What all responses of its kind have. */
function usual(response: ServerResponse): WriteHead {
  return (Object.getPrototypeOf(response) as { readonly writeHead: WriteHead }).writeHead;
}

function hookedWriteHead(this: Hooked, status: number, reason?: string | Given, given?: Given): ServerResponse {
  const visit = this[VISIT];
  if (visit === undefined) throw new TypeError('writeHead was taken from another response');
  const body = this[BODY];
  const writeHead = this[BEFORE] ?? usual(this);
  // RFC 9110 15.2: an interim response is not the one that is told anything, but for a switch, after which no other comes.
  if (visit.isAnswered || this.headersSent || (status < 200 && status !== 101))
    return writeHead.call(this, status, reason, given);
  const fields = given ?? (typeof reason === 'string' ? undefined : reason) ?? undefined; // null is nothing given, to Node too
  const phrase = typeof reason === 'string' ? reason : undefined;
  if (body !== undefined) {
    setFields(this, fields);
    body.begin(status, () => void writeHead.call(this, status, phrase));
    return this;
  }
  const whole = wholeHead(this, visit, status, fields);
  if (whole !== undefined) return writeHead.call(this, status, phrase, whole);
  setFields(this, fields);
  settle(this, visit, status);
  return writeHead.call(this, status, phrase);
}
