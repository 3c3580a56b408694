import {
  TWO_READINGS,
  UNJUDGED,
  type Begun,
  type Guard,
  type Reply,
  type RequestView,
  type Visit,
} from '../kit/index.ts';
import { hook } from './hook.ts';
import { reply } from './reply.ts';
import { prepare, reads, strip, type Exchange } from './request.ts';
import { NodeView } from './view.ts';

/** A gate, or a gate's part for a route. */
export interface Asks {
  begin(native: object, view: RequestView): Begun | Promise<Begun>;
}

/** Asks about a request of Node's. What comes back may pass to a handler; undefined: it was answered here, or its caller has gone. */
export function admit(asks: Asks, guard: Guard, exchange: Exchange): Visit | undefined | Promise<Visit | undefined> {
  // Nobody is left to be answered, nor an address to count: after a body was read, say, behind which stood no other request.
  if (exchange.request.socket.destroyed) return undefined;
  const asked = new Asked(guard, exchange);
  try {
    const begun = asks.begin(exchange.native, asked.view);
    return begun instanceof Promise ? begun.then(asked.take, asked.fail) : asked.take(begun);
  } catch (error) {
    return asked.fail(error);
  }
}

class Asked {
  readonly view: NodeView;
  readonly #guard: Guard;
  readonly #exchange: Exchange;

  constructor(guard: Guard, exchange: Exchange) {
    this.view = new NodeView(exchange.request, exchange.came);
    this.#guard = guard;
    this.#exchange = exchange;
  }

  readonly take = (begun: Begun): Visit | undefined => {
    const { request, response } = this.#exchange;
    if (begun.kind === 'answer') return this.#reply(begun);
    if (response.destroyed) return this.#gone(begun);
    if (!reads(this.#exchange, this.#guard, begun.target)) return this.#refuse(begun);
    strip(request, this.#guard.stripsFor(this.view));
    prepare(request, begun);
    hook(response, begun);
    return begun;
  };

  readonly fail = (error: unknown): undefined => {
    this.#guard.fault(error);
    return this.#reply(UNJUDGED);
  };

  #reply(answer: Reply): undefined {
    const { send, response } = this.#exchange;
    if (send !== undefined) send(answer, this.view.id);
    else reply(response, answer, this.view.id);
    return undefined;
  }

  #gone(visit: Visit): undefined {
    visit.end({ status: undefined, reached: false, torn: true });
    return undefined;
  }

  /** It was charged, and stays so: whoever spells a path so that it has two readings wants to be counted as another. */
  #refuse(visit: Visit): undefined {
    visit.end({ status: undefined, reached: false, torn: false });
    visit.isAnswered = true;
    return this.#reply(this.#guard.refuse(this.view, 400, TWO_READINGS));
  }
}
