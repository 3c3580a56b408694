import type { RequestView } from '../../http/index.ts';
import type { Gates } from './gates.ts';
import { remembered } from './remembered.ts';

/** Whose fields are, by their names: asked of each field of each request and response. */
export class FieldNames {
  /** Whether a response field of this name is a gate's to write. */
  readonly owns: (name: string) => boolean;
  readonly #strips: (name: string) => boolean;
  readonly #stripsFromProxy: (name: string) => boolean;
  readonly #gates: Gates;

  constructor(gates: Gates) {
    this.#gates = gates;
    this.owns = remembered((name) => isOwned(name.toLowerCase(), gates));
    this.#strips = remembered((name) => gates.own.strips(name, false));
    this.#stripsFromProxy = remembered((name) => gates.own.strips(name, true));
  }

  /** Whether a request field of this lower-case name must not reach a handler. */
  stripsFor(view: RequestView): (name: string) => boolean {
    const { policy, own } = this.#gates;
    return policy.address.trust.length > 0 && own.trusts(view.peer) ? this.#stripsFromProxy : this.#strips;
  }
}

/** Fields by which an app speaks to a gate: callers never see them. */
function isOwned(name: string, { own }: Gates): boolean {
  return name.startsWith('x-headgate-') || own.owns(name);
}
