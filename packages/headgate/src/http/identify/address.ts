import type { CompiledPolicy } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';
import { forwardedFor } from './forwarded.ts';
import { isIn, networkOf, parseIp, rangeOf } from './ip.ts';

/** Hops read of one request, from the right: a longer list is not a chain of proxies any more. */
const MAX_HOPS = 32;
/** Parsed addresses remembered; a full cache is emptied rather than sorted. */
const MAX_CACHED = 4096;
const NOWHERE = 'unknown';

export interface Addresses {
  /** The caller's address, grouped: IPv4 in dotted form (mapped forms too), IPv6 as the first address of its network. */
  readonly of: (view: RequestView) => string;
  /** Whether a peer is one of the proxies whose word about addresses is taken. */
  readonly trusts: (peer: string) => boolean;
  /** An address as it is counted. */
  readonly networkOf: (address: string) => string;
}

/** Whether what a trusted proxy says in this request is believed. */
export type Believes = (view: RequestView) => boolean;

/** Addresses are parsed, never compared as text. */
export function createAddresses(spec: CompiledPolicy['address'], believes: Believes = () => true): Addresses {
  const trusted = spec.trust.map(rangeOf);
  const header = (spec.header ?? 'x-forwarded-for').toLowerCase();
  const hopsOf = header === 'forwarded' ? forwardedHops : listedHops;
  const trusts = remembered((text) => isIn(parseIp(text), trusted));
  const group = remembered((text) => grouped(text, spec.group));
  const isTrusted = (peer: string): boolean => trusted.length > 0 && trusts(peer);
  return {
    trusts: isTrusted,
    networkOf: group,
    of: (view) => {
      const { peer } = view;
      return group(
        isTrusted(peer) && believes(view) ? lastUntrusted(peer, hopsOf(view.headers(header)), trusts) : peer,
      );
    },
  };
}

/**
 * The rightmost hop that is not one of ours: what stands left of it is hearsay. A hop that cannot be read, or that its proxy
 * would not name, ends the chain at that proxy.
 */
function lastUntrusted(peer: string, hops: Iterable<string | undefined>, trusts: (hop: string) => boolean): string {
  let known = peer;
  let read = 0;
  for (const hop of hops) {
    if (hop === undefined || ++read > MAX_HOPS || parseIp(hop) === undefined) return known;
    known = hop;
    if (!trusts(hop)) return known;
  }
  return known;
}

/** Hops of a list such as X-Forwarded-For, from the right. */
function listedHops(fields: readonly string[]): Iterable<string> {
  return fields.length === 0 ? [] : fields.join(',').split(',').toReversed();
}

/** Hops of Forwarded, from the right. A field stands by itself: no quote goes on in the next one. */
function* forwardedHops(fields: readonly string[]): Iterable<string | undefined> {
  for (const field of fields.toReversed()) {
    const hops = forwardedFor(field) ?? [undefined];
    yield* hops.toReversed();
  }
}

function grouped(text: string, group: CompiledPolicy['address']['group']): string {
  const ip = parseIp(text);
  return ip === undefined ? NOWHERE : networkOf(ip, group);
}

function remembered<T>(find: (text: string) => T): (text: string) => T {
  const cache = new Map<string, T>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    if (cache.size >= MAX_CACHED) cache.clear();
    const found = find(text);
    cache.set(text, found);
    return found;
  };
}
