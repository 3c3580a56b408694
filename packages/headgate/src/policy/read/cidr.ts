const RANGE = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/;

/** What is wrong with an address or a range such as `10.0.0.0/8`; undefined when nothing is. */
export function cidrProblem(text: string): string | undefined {
  const [, address = '', prefix] = RANGE.exec(text) ?? [];
  const bits = isV4(address) ? 32 : isV6(address) ? 128 : 0;
  if (bits === 0) return 'expected an address or a range, such as 192.0.2.7, 10.0.0.0/8 or "fd00::/8"';
  if (prefix === undefined) return undefined;
  if (Number(prefix) > bits) return `expected a prefix of at most ${bits} bits`;
  return Number(prefix) < 96 && isMapped(address)
    ? 'an IPv4 address inside IPv6 has a prefix of 96 bits or more; write the range as IPv4'
    : undefined;
}

/** `::ffff:10.0.0.0` (RFC 4291 2.5.5.2), however its zeros are written. */
function isMapped(address: string): boolean {
  return /^[0:]*:ffff:(?:[\d.]+|[0-9a-f]{1,4}:[0-9a-f]{1,4})$/i.test(address);
}

/** Whether a range is the whole of its family. */
export function isEverybody(text: string): boolean {
  return text.endsWith('/0');
}

/** Four decimal bytes without leading zeros, which some read as octal. */
function isV4(text: string): boolean {
  const bytes = text.split('.');
  return bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256);
}

/** RFC 4291 2.2: eight groups, one run of zeros written `::`, the last two groups possibly as IPv4. */
function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const isMixed = last.includes('.');
  if (isMixed && !(isV4(last) && text.endsWith(last))) return false;
  const hex = isMixed ? groups.slice(0, -1) : groups;
  const count = hex.length + (isMixed ? 2 : 0);
  return hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}
