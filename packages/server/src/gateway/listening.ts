import type { Server } from 'node:net';

/** Where a server listens, with the port that it was given. */
export function urlOf(scheme: 'http' | 'https', address: ReturnType<Server['address']>): string {
  if (address === null || typeof address === 'string')
    throw new TypeError(`expected a TCP address, got ${String(address)}`);
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
