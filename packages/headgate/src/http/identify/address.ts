import ipaddr from 'ipaddr.js';
import type { CompiledPolicy } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** Hops read of one request, from the right: a longer list is not a chain of proxies any more. */
const MAX_HOPS = 32;
/** Parsed addresses remembered; a full cache is emptied rather than sorted. */
const MAX_CACHED = 4096;
const NOWHERE = 'unknown';

export interface Addresses {
  /** The caller's address, grouped: IPv4 in dotted form (mapped forms too), IPv6 as the first address of its network. */
  of(view: RequestView): string;
  /** Whether a peer is one of the proxies whose word about addresses is taken. */
  readonly trusts: (peer: string) => boolean;
  /** An address as it is counted. */
  readonly networkOf: (address: string) => string;
}

/** Addresses are parsed, never compared as text. */
export function createAddresses(spec: CompiledPolicy['address']): Addresses {
  const trusted = spec.trust.map((cidr) => (cidr.includes('/') ? ipaddr.parseCIDR(cidr) : whole(cidr)));
  const header = (spec.header ?? 'x-forwarded-for').toLowerCase();
  const trusts = remembered((text) => isTrusted(parse(text), trusted));
  const group = remembered((text) => grouped(parse(text), spec.group));
  return {
    trusts,
    networkOf: group,
    of: (view) => group(trusted.length > 0 && trusts(view.peer) ? lastUntrusted(view, header, trusts) : view.peer),
  };
}

/** The rightmost hop that is not one of ours: what stands left of it is hearsay. */
function lastUntrusted(view: RequestView, header: string, trusts: (hop: string) => boolean): string {
  const hops = view.headers(header).join(',').split(',').slice(-MAX_HOPS);
  let known = view.peer;
  for (const hop of hops.toReversed()) {
    if (parse(hop) === undefined) return known;
    known = hop;
    if (!trusts(hop)) return known;
  }
  return known;
}

/** Reads `203.0.113.7`, `203.0.113.7:443`, `[2001:db8::1]:443`, `fe80::1%eth0`, `::ffff:203.0.113.7`. */
function parse(text: string): Ip | undefined {
  const trimmed = text.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  const address = bare.replace(/%.*$/s, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  if (!ipaddr.IPv6.isValid(address)) return undefined;
  const v6 = ipaddr.IPv6.parse(address);
  return v6.isIPv4MappedAddress() ? v6.toIPv4Address() : v6;
}

function grouped(ip: Ip | undefined, group: { readonly v4: number; readonly v6: number }): string {
  if (ip === undefined) return NOWHERE;
  if (ip.kind() === 'ipv4') {
    return group.v4 === 32
      ? ip.toString()
      : ipaddr.IPv4.networkAddressFromCIDR(`${ip.toString()}/${group.v4}`).toString();
  }
  return ipaddr.IPv6.networkAddressFromCIDR(`${ip.toString()}/${group.v6}`).toString();
}

function isTrusted(ip: Ip | undefined, trusted: readonly [Ip, number][]): boolean {
  return ip !== undefined && trusted.some((range) => range[0].kind() === ip.kind() && ip.match(range));
}

function whole(address: string): [Ip, number] {
  const ip = ipaddr.process(address);
  return [ip, ip.kind() === 'ipv4' ? 32 : 128];
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
