import type { CompiledPolicy, AppGate, RequestView } from '../../http/index.ts';
import type { Warn } from './warnings.ts';

/** Addresses of different owners all over the Internet. Who trusts most of them trusts anybody. */
const ANYBODY = {
  v4: ['1.1.1.1', '77.88.8.8', '130.89.1.1', '185.1.1.1', '203.0.113.7'],
  v6: ['2001:4860::1', '2400:cb00::1', '2606:4700::1', '2803:f800::1', '2a00:1450::1'],
};
const MOST = 3;
const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
/** So many requests are looked at for a proxy's word, and from then on one in so many: one that stands in front of all shows at once. */
const LOOKED_AT = 64;

export function noteTrust({ trusts }: Pick<AppGate, 'trusts'>, warn: Warn): void {
  for (const addresses of Object.values(ANYBODY))
    if (addresses.filter(trusts).length >= MOST) warn('WARN_ADAPTER_TRUST_ALL');
}

/** Looks for a proxy that nobody named, until one was seen. */
export class ProxyWatch {
  readonly #warn: Warn;
  #looks: boolean;

  constructor({ address }: CompiledPolicy, warn: Warn) {
    this.#warn = warn;
    this.#looks = address.trust.length === 0;
  }

  /** @param nth how many requests came before this one */
  look(view: RequestView, nth: number): void {
    if (!this.#looks || (nth >= LOOKED_AT && nth % LOOKED_AT !== 0) || !isForwarded(view)) return;
    this.#looks = false;
    this.#warn('WARN_ADAPTER_TRUST_NONE');
  }
}

/** Whether a request comes with what only a proxy may say. */
function isForwarded(view: RequestView): boolean {
  return FORWARDING.some((name) => view.header(name) !== undefined);
}
