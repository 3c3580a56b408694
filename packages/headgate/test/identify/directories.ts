import type { Fetch, Reply } from '../../src/http/outside.ts';
import type { Spec } from '../gate-of.ts';

export const reply = (status: number, body: unknown = ''): Reply => ({
  status,
  body: new Response(typeof body === 'string' ? body : JSON.stringify(body)).body,
});

type Call = Parameters<Fetch>[1] & { readonly url: string };

/** A directory of keys that answers when it is told to, and may be down. */
export class Keys {
  readonly calls: Call[] = [];
  known: Readonly<Record<string, unknown>> = { good: { account: { id: 'acme' }, plan: 'PRO' } };
  status = 0;
  held = false;
  readonly #waiting: (() => void)[] = [];

  readonly fetch: Fetch = async (url, how) => {
    this.calls.push({ ...how, url });
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.status < 0) throw new TypeError('fetch failed');
    if (this.status > 0) return reply(this.status);
    const key = (how.headers['authorization'] ?? '').replace('Bearer ', '');
    return Object.hasOwn(this.known, key) ? reply(200, this.known[key]) : reply(404);
  };

  get waiting(): number {
    return this.#waiting.length;
  }

  answer(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

export const ATTRIBUTES = 'attributes: { account: /account/id, plan: plan }';
export const policy = (http = '', more = ATTRIBUTES, tail = 'unidentified: 1000/minute'): string =>
  `identify: { key: { header: X-API-Key, find: http, http: { url: "https://keys.example/who"${http} }${more && `, ${more}`} } }
limits: { calls: { rate: 1000/minute, per: key } }
respond: { headers: { of: calls, fields: { X-Who: "{= subject.key }" } } }
${tail}`;

export const key = (credential: string, peer = '192.0.2.1'): Spec => ({ peer, fields: [['X-API-Key', credential]] });
/** Lets whatever is ready go on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
