import type { HttpGate, RequestView } from '../../http/index.ts';
import type { Warn } from './warnings.ts';

/** Addresses of different owners all over the Internet. Who trusts most of them trusts anybody. */
const ANYBODY = {
  v4: ['1.1.1.1', '77.88.8.8', '130.89.1.1', '185.1.1.1', '203.0.113.7'],
  v6: ['2001:4860::1', '2400:cb00::1', '2606:4700::1', '2803:f800::1', '2a00:1450::1'],
};
const MOST = 3;
const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

export function noteTrust({ trusts }: Pick<HttpGate, 'trusts'>, warn: Warn): void {
  for (const addresses of Object.values(ANYBODY))
    if (addresses.filter(trusts).length >= MOST) warn('WARN_ADAPTER_TRUST_ALL');
}

/** Whether a request comes with what only a proxy may say. */
export function isForwarded(view: RequestView): boolean {
  return FORWARDING.some((name) => view.header(name) !== undefined);
}
