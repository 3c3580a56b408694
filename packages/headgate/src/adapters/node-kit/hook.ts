import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Visit } from '../kit/index.ts';
import { BodyHook } from './body-hook.ts';
import { setFields, settle } from './head.ts';

const HOOK: unique symbol = Symbol('headgate');

type Given = OutgoingHttpHeaders | OutgoingHttpHeader[];
/** All that the overloads take. */
type WriteHead = (this: ServerResponse, status: number, reason?: string | Given, given?: Given) => ServerResponse;

interface Hook {
  readonly visit: Visit;
  /** As it was before: another middleware may have put its own there. */
  readonly writeHead: WriteHead;
  readonly body: BodyHook | undefined;
}

interface Hooked extends ServerResponse {
  [HOOK]?: Hook;
}

/** Sees to it that a response says how its request stands, once its status is known, whoever writes its head and however. */
export function hook(response: ServerResponse, visit: Visit): void {
  const hooked: Hooked = response;
  if (hooked[HOOK] !== undefined) return;
  // oxlint-disable-next-line typescript/unbound-method -- it is called on the response that it is of
  const writeHead = response.writeHead as WriteHead;
  const body = visit.holds || visit.rewrite !== undefined ? new BodyHook(response, visit) : undefined;
  hooked[HOOK] = { visit, writeHead, body };
  response.writeHead = hookedWriteHead;
}

function hookedWriteHead(this: Hooked, status: number, reason?: string | Given, given?: Given): ServerResponse {
  const made = this[HOOK];
  if (made === undefined) throw new TypeError('writeHead was taken from another response');
  const { visit, writeHead, body } = made;
  // RFC 9110 15.2: an interim response is not the one that is told anything, but for a switch, after which no other comes.
  if (visit.isAnswered || this.headersSent || (status < 200 && status !== 101))
    return writeHead.call(this, status, reason, given);
  setFields(this, given ?? (typeof reason === 'object' ? reason : undefined));
  const phrase = typeof reason === 'string' ? reason : undefined;
  const write = (): ServerResponse => writeHead.call(this, status, phrase);
  if (body === undefined) {
    settle(this, visit, status);
    return write();
  }
  body.begin(status, () => void write());
  return this;
}
