import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { decisionOf, RequestDecision, type Answered, type Fields, type Reply, type Visit } from '../kit/index.ts';
import { readingOf } from './reading.ts';
import { admit, NodeView, Received } from '../node-kit/index.ts';
import { arrivalOf, type Arrival } from './arrival.ts';
import { nativeOf, setCall } from './call.ts';
import { HeadgateException } from './exception.ts';
import { HEADGATE, type NestGate } from './gate.ts';
import { routesOn, skips } from './metadata.ts';
import { overWith } from './over.ts';

/**
 * Asks before every handler: of HTTP, on Express and on Fastify; of GraphQL, where each field that is resolved is a call of its own; of web
 * sockets, where each message is.
 */
export class HeadgateGuard implements CanActivate {
  readonly #gate: NestGate;

  constructor(gate: NestGate) {
    this.#gate = gate;
  }

  /** @throws HeadgateException for a call that is refused */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const [method, owner] = [context.getHandler(), context.getClass()];
    // It may stand before all of an app, and before a class of it.
    if (skips(method, owner) || this.#gate.passed.has(nativeOf(context))) return true;
    const asks = this.#gate.with(routesOn(method, owner));
    const arrival = arrivalOf(context);
    const visit =
      context.getType() === 'http'
        ? await this.#request(context, arrival, asks)
        : await this.#call(context, arrival, asks);
    if (visit === undefined) return false;
    this.#gate.passed.add(nativeOf(context));
    const decision = decisionOf(this.#gate.guard, nativeOf(context), visit);
    setCall(context, { visit, decision, ...(context.getType() !== 'http' && { end: overWith(arrival, visit) }) });
    return true;
  }

  /** Undefined: its caller has gone. */
  async #request(context: ExecutionContext, { request, response }: Arrival, asks: Asked): Promise<Visit | undefined> {
    if (response === undefined) return undefined;
    const native = nativeOf(context);
    const came = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'; // Express has it
    const refused: HeadgateException[] = [];
    const send = (answer: Reply, id: string): void => {
      // An app's own filter, which catches everything, mostly, knows of no fields: callers are told when to come again all the same.
      tell(response, [...answer.fields, 'X-Request-Id', id]);
      refused.push(new HeadgateException(answer, id));
    };
    // Nest has chosen the handler by now.
    const base = readingOf(native);
    const visit = await admit(asks, this.#gate.guard, { request, response, native, came, base, send });
    for (const exception of refused) throw exception;
    if (visit !== undefined) (native as { headgate?: object }).headgate = decisionOf(this.#gate.guard, native, visit);
    return visit;
  }

  /** A field of GraphQL, or a message: it has no response of its own. */
  async #call(context: ExecutionContext, arrival: Arrival, asks: Asked): Promise<Visit> {
    const { request, response, body } = arrival;
    const view = new NodeView(request);
    const native = nativeOf(context);
    // Of a message, what opened its socket had none. Of GraphQL, Nest has read it by then.
    const received = body === undefined ? undefined : new Received({ request, native: { body } });
    const begun = await asks.begin(native, view, received && ((maxBytes) => received.bring(maxBytes)));
    if (begun.kind === 'answer') throw refusal(begun, response, view);
    const tooMuch = await received?.measured(begun);
    if (tooMuch !== undefined) {
      begun.end({ status: undefined, reached: false, torn: false });
      throw refusal(tooMuch, response, view);
    }
    const told = (): void => tell(response, begun.settle(200));
    told();
    RequestDecision.follow(decisionOf(this.#gate.guard, native, begun), told);
    return begun;
  }
}

type Asked = ReturnType<NestGate['with']>;

function refusal(answer: Answered, response: Arrival['response'], { id }: NodeView): HeadgateException {
  tell(response, answer.fields);
  return new HeadgateException(answer, id);
}

/** Writes fields beside what others write. Where several calls share a response, the last one says how things stand. */
function tell(response: Arrival['response'], fields: Fields): void {
  if (response === undefined || response.headersSent) return;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    if (/^content-/i.test(name)) continue;
    if (fields.indexOf(name) === i) response.setHeader(name, value);
    else response.appendHeader(name, value);
  }
}

// A library of plain classes has no decorators of the compiler's: they are called.
Injectable()(HeadgateGuard);
Inject(HEADGATE)(HeadgateGuard, undefined, 0);
