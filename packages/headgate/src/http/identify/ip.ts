import ipaddr from 'ipaddr.js';

export type Ip = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = readonly [Ip, number];

/** Four decimal bytes: no octal, no hex, no leading zeros, which readers disagree on. */
const V4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;
/** A port, or a name for one (RFC 7239 6). */
const PORT = /(?::(?:\d{1,5}|_[\w.-]{1,64}))?$/.source;
const WITH_PORT = new RegExp(`^([\\d.]+)${PORT}`);
const IN_BRACKETS = new RegExp(`^\\[([^\\]]*)\\]${PORT}`);
/** A zone names an interface of whoever wrote it, and says nothing here (RFC 4007 11). */
const ZONE = /%[\w.~-]{1,64}$/;
const MAX_TEXT = 128;

/** Reads `203.0.113.7`, `203.0.113.7:443`, `[2001:db8::1]:443`, `fe80::1%eth0`, `::ffff:203.0.113.7`, which is an IPv4 address. */
export function parseIp(text: string): Ip | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_TEXT) return undefined;
  const v4 = WITH_PORT.exec(trimmed)?.[1];
  return v4 === undefined ? parseV6(IN_BRACKETS.exec(trimmed)?.[1] ?? trimmed) : parseV4(v4);
}

function parseV4(text: string): Ip | undefined {
  if (!V4.test(text) || !ipaddr.IPv4.isValid(text)) return undefined;
  return ipaddr.IPv4.parse(text);
}

function parseV6(text: string): Ip | undefined {
  const bare = withoutQuad(text.replace(ZONE, ''));
  if (bare === undefined || !/^[0-9a-f:]+$/i.test(bare) || !ipaddr.IPv6.isValid(bare)) return undefined;
  const v6 = ipaddr.IPv6.parse(bare);
  return v6.isIPv4MappedAddress() ? v6.toIPv4Address() : v6;
}

/** Four bytes at the end are two groups (RFC 4291 2.2): one address must not be two by how it is written. */
function withoutQuad(text: string): string | undefined {
  if (!text.includes('.')) return text;
  const at = text.lastIndexOf(':') + 1;
  const quad = parseV4(text.slice(at));
  if (quad === undefined || at === 0) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = quad.toByteArray();
  return `${text.slice(0, at)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** Reads an address or a range that was checked; a range of IPv4 inside IPv6 is a range of IPv4. */
export function rangeOf(text: string): Range {
  const [address = '', length] = text.split('/');
  const ip = ipaddr.parse(address);
  const bits = Number(length ?? (ip.kind() === 'ipv4' ? 32 : 128));
  return ip instanceof ipaddr.IPv6 && ip.isIPv4MappedAddress() && bits >= 96
    ? [ip.toIPv4Address(), bits - 96]
    : [ip, bits];
}

export function isIn(ip: Ip | undefined, ranges: readonly Range[]): boolean {
  return ip !== undefined && ranges.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base, bits));
}

/** An address as the first of its network. */
export function networkOf(ip: Ip, group: { readonly v4: number; readonly v6: number }): string {
  if (ip.kind() === 'ipv6') return ipaddr.IPv6.networkAddressFromCIDR(`${ip.toString()}/${group.v6}`).toString();
  if (group.v4 === 32) return ip.toString();
  return ipaddr.IPv4.networkAddressFromCIDR(`${ip.toString()}/${group.v4}`).toString();
}
