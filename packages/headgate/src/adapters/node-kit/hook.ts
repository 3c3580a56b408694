import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Visit } from '../kit/index.ts';
import { BodyHook } from './body-hook.ts';
import { setFields, settle, wholeHead } from './head.ts';

const HOOK: unique symbol = Symbol('headgate');

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[];
/** All that the overloads take. */
type WriteHead = (this: ServerResponse, status: number, reason?: string | Given, given?: Given) => ServerResponse;

interface Hooked extends ServerResponse {
  [HOOK]?: Hook;
}

/** What a response that is hooked knows. */
class Hook {
  readonly visit: Visit;
  /** As it was before: another middleware may have put its own there. */
  readonly writeHead: WriteHead;
  readonly body: BodyHook | undefined;

  constructor(visit: Visit, writeHead: WriteHead, body: BodyHook | undefined) {
    this.visit = visit;
    this.writeHead = writeHead;
    this.body = body;
  }
}

/** Sees to it that a response says how its request stands, once its status is known, whoever writes its head and however. */
export function hook(response: ServerResponse, visit: Visit): void {
  const hooked: Hooked = response;
  if (hooked[HOOK] !== undefined) return;
  // oxlint-disable-next-line typescript/unbound-method -- it is called on the response that it is of
  const writeHead = response.writeHead as WriteHead;
  const body = visit.holds || visit.rewrites ? new BodyHook(response, visit) : undefined;
  hooked[HOOK] = new Hook(visit, writeHead, body);
  response.writeHead = hookedWriteHead;
}

function hookedWriteHead(this: Hooked, status: number, reason?: string | Given, given?: Given): ServerResponse {
  const made = this[HOOK];
  if (made === undefined) throw new TypeError('writeHead was taken from another response');
  const { visit, writeHead, body } = made;
  // RFC 9110 15.2: an interim response is not the one that is told anything, but for a switch, after which no other comes.
  if (visit.isAnswered || this.headersSent || (status < 200 && status !== 101))
    return writeHead.call(this, status, reason, given);
  const fields = given ?? (typeof reason === 'object' ? reason : undefined);
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
