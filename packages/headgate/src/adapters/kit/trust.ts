import type { CompiledPolicy, AppGate, RequestView } from '../../http/index.ts';
import type { AdapterWarningCode } from './faults.ts';
import type { Warn } from './warnings.ts';

/** Addresses of different owners all over the Internet. Who trusts most of them trusts anybody. */
const ANYBODY = {
  v4: ['1.1.1.1', '8.8.8.8', '31.13.24.1', '77.88.8.8', '130.89.1.1', '185.1.1.1', '203.0.113.7'],
  v6: ['2001:4860::1', '2400:cb00::1', '2606:4700::1', '2803:f800::1', '2a00:1450::1'],
};
const MOST = 3;
const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip'];
/** So many requests are looked at for a proxy's word, and from then on one in so many: one that stands in front of all shows at once. */
const LOOKED_AT = 64;

/** How the last of a list is read. */
const FROM_THE_END = /\b(?:at|slice)\(\s*-|\b(?:pop|lastIndexOf|toReversed|reverse)\(/;

export function noteTrust({ trusts }: Pick<AppGate, 'trusts'>, warn: Warn): void {
  for (const addresses of Object.values(ANYBODY))
    if (addresses.filter(trusts).length >= MOST) warn('WARN_ADAPTER_TRUST_ALL');
}

/** Whether a function of the program reads the caller's address of a field: then that, and no proxy, is believed. */
export function notePeer(peer: unknown, warn: Warn): boolean {
  const text = String(peer);
  if (/forwarded/i.test(text) && !FROM_THE_END.test(text)) warn('WARN_ADAPTER_PEER_CHOSEN');
  return /header/i.test(text);
}

/** Looks for a proxy that nobody named, or whose word is not read, until one was seen. */
export class ProxyWatch {
  readonly #gate: Pick<AppGate, 'trusts'>;
  readonly #warn: Warn;
  readonly #trustsAny: boolean;
  readonly #isAnonymous: boolean;
  readonly #field: string;
  #looks: boolean;

  constructor({ address, anonymous }: CompiledPolicy, gate: Pick<AppGate, 'trusts'>, warn: Warn, looks: boolean) {
    this.#looks = looks;
    this.#gate = gate;
    this.#warn = warn;
    this.#trustsAny = address.trust.length > 0;
    this.#isAnonymous = anonymous;
    this.#field = (address.header ?? 'x-forwarded-for').toLowerCase();
  }

  /** @param nth how many requests came before this one */
  look(view: RequestView, nth: number): void {
    if (!this.#looks || (nth >= LOOKED_AT && nth % LOOKED_AT !== 0)) return;
    const code = this.#trustsAny ? this.#wrong(view) : this.#missing(view);
    if (code === undefined) return;
    this.#looks = false;
    if (code !== 'none') this.#warn(code);
  }

  #missing(view: RequestView): AdapterWarningCode | undefined {
    if (this.#isAnonymous && peerOf(view) === '') return 'WARN_ADAPTER_PEER_NONE';
    return isForwarded(view) ? 'WARN_ADAPTER_TRUST_NONE' : undefined;
  }

  /** `none`: a proxy that is trusted said whom it speaks for, where that is read. From then on another's word is a caller's. */
  #wrong(view: RequestView): AdapterWarningCode | 'none' | undefined {
    if (!isForwarded(view)) return undefined;
    const peer = peerOf(view);
    if (peer === undefined || !this.#gate.trusts(peer)) return 'WARN_ADAPTER_TRUST_OTHER';
    return view.header(this.#field) === undefined ? 'WARN_ADAPTER_TRUST_FIELD' : 'none';
  }
}

/** Undefined: this platform does not say it, which is told when it is asked for. */
function peerOf(view: RequestView): string | undefined {
  try {
    return view.peer;
  } catch {
    return undefined;
  }
}

/** Whether a request comes with what only a proxy may say. */
function isForwarded(view: RequestView): boolean {
  return FORWARDING.some((name) => view.header(name) !== undefined);
}
