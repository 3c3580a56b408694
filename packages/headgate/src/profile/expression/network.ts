/**
 * The network an address lies in, as text: `203.0.113.7` by 24 is `203.0.113.0/24`. An IPv4 address inside
 * IPv6 is the IPv4 address it maps; a whole address (`/32`, `/128`) is written without a length; a zone is
 * dropped. What is a network already stays the wider of the two. Undefined when it is no address.
 */
export function network(address: unknown, v4: unknown, v6: unknown): string | undefined {
  if (typeof address !== 'string' || !isLength(v4, 32) || !isLength(v6, 128)) return undefined;
  const [text = '', length] = address.split('/', 2);
  const groups = text.includes(':') ? parseV6(text.split('%', 1)[0] ?? '') : undefined;
  const quad = groups === undefined ? parseV4(text) : mappedV4(groups);
  if (quad !== undefined) return writeV4(quad, narrowed(v4, length));
  return groups === undefined ? undefined : writeV6(groups, narrowed(v6, length));
}

function isLength(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function narrowed(length: number, given: string | undefined): number {
  return given !== undefined && /^\d{1,3}$/.test(given) ? Math.min(length, Number(given)) : length;
}

function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** Eight groups of 16 bits; `::` stands for as many zeros as are missing. */
function parseV6(text: string): readonly number[] | undefined {
  const dotted = text.lastIndexOf('.') > 0 ? text.slice(text.lastIndexOf(':') + 1) : undefined;
  const quad = dotted === undefined ? [] : parseV4(dotted);
  if (quad === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = quad;
  const hex =
    dotted === undefined
      ? text
      : `${text.slice(0, -dotted.length)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [groupsOf(halves[0]), groupsOf(halves[1])];
  if (head === undefined || tail === undefined) return undefined;
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  return [...head, ...new Array<number>(gap).fill(0), ...tail];
}

function groupsOf(text: string | undefined): readonly number[] | undefined {
  if (text === undefined || text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : undefined;
}

/** `::ffff:a.b.c.d` is a.b.c.d (RFC 4291 2.5.5.2). */
function mappedV4(groups: readonly number[]): readonly number[] | undefined {
  const [high = 0, low = 0] = groups.slice(6);
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255];
}

function masked(parts: readonly number[], bits: number, length: number): number[] {
  const whole = 2 ** bits;
  return parts.map((part, i) => {
    const kept = Math.min(bits, Math.max(0, length - i * bits));
    const unit = 2 ** (bits - kept);
    return (Math.floor(part / unit) * unit) % whole;
  });
}

function writeV4(bytes: readonly number[], length: number): string {
  const text = masked(bytes, 8, length).join('.');
  return length === 32 ? text : `${text}/${length}`;
}

/** All eight groups, without zeros left out: one network has one text, which is all a partition needs. */
function writeV6(groups: readonly number[], length: number): string {
  const text = masked(groups, 16, length)
    .map((group) => group.toString(16))
    .join(':');
  return length === 128 ? text : `${text}/${length}`;
}
