import { isIP } from 'node:net';

const RANGE = /^([^/\s]+)(?:\/(\d{1,3}))?$/;

/** What is wrong with an address or a range such as `10.0.0.0/8`; undefined when nothing is. */
export function cidrProblem(text: string): string | undefined {
  const match = RANGE.exec(text);
  const family = isIP(match?.[1] ?? '');
  // A zone (fe80::1%eth0) names an interface of one machine.
  if (match === null || family === 0 || text.includes('%')) {
    return 'expected an address or a range, such as 192.0.2.7, 10.0.0.0/8 or "fd00::/8"';
  }
  const bits = family === 4 ? 32 : 128;
  const prefix = match[2];
  return prefix !== undefined && Number(prefix) > bits ? `expected a prefix of at most ${bits} bits` : undefined;
}

/** Whether a range is the whole of its family. */
export function isEverybody(text: string): boolean {
  return text.endsWith('/0');
}
