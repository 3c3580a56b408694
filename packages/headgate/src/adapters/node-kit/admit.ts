import type { ServerResponse } from 'node:http';
import { TWO_READINGS, UNJUDGED, type Begun, type Guard, type RequestView, type Visit } from '../kit/index.ts';
import { hook } from './hook.ts';
import { reply } from './reply.ts';
import { align, prepare, strip, type Routed } from './request.ts';
import { NodeView } from './view.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView): Begun | Promise<Begun>;
}

/** Asks about a request of Node's. What comes back may pass to a handler; undefined: it was answered here, or its caller has gone. */
export function admit(
  asks: Asks,
  guard: Guard,
  request: Routed,
  response: ServerResponse,
): Visit | undefined | Promise<Visit | undefined> {
  const asked = new Asked(guard, request, response);
  try {
    const begun = asks.begin(request, asked.view);
    return begun instanceof Promise ? begun.then(asked.take, asked.fail) : asked.take(begun);
  } catch (error) {
    return asked.fail(error);
  }
}

class Asked {
  readonly view: NodeView;
  readonly #guard: Guard;
  readonly #request: Routed;
  readonly #response: ServerResponse;

  constructor(guard: Guard, request: Routed, response: ServerResponse) {
    this.view = new NodeView(request, request.originalUrl ?? request.url);
    this.#guard = guard;
    this.#request = request;
    this.#response = response;
  }

  readonly take = (begun: Begun): Visit | undefined => {
    const { view } = this;
    const response = this.#response;
    if (begun.kind === 'answer') return void reply(response, begun, view.id);
    if (response.destroyed) return void begun.end({ status: undefined, reached: false, torn: true });
    if (!align(this.#request, view.target, begun.target)) return this.#refuse(begun);
    strip(this.#request, this.#guard.stripsFor(view));
    prepare(this.#request, begun);
    hook(response, begun);
    return begun;
  };

  readonly fail = (error: unknown): undefined => {
    this.#guard.fault(error);
    reply(this.#response, UNJUDGED, this.view.id);
  };

  /** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
  #refuse(visit: Visit): undefined {
    visit.end({ status: undefined, reached: false, torn: false });
    visit.isAnswered = true;
    const answer = this.#guard.refuse(this.view, 400, TWO_READINGS);
    reply(this.#response, answer, this.view.id);
  }
}
