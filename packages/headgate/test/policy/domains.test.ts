import { describe, expect, it } from 'vitest';
import type { Handled } from '../../src/http/handled.ts';
import { gateOf, KEY, viewOf } from '../gate-of.ts';

const POLICY = `${KEY}operations: { order: { match: POST /orders }, mail: { event: app.mail } }
limits:
  names: { rate: 2/168h, algorithm: fixed, per: 'each(request.body.names, domain.registered(item))', on: order }
  mail: { rate: 1/hour, per: 'domain.registered(facts.to)', on: mail }`;

const bytes = (names: readonly unknown[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify({ names }));

function ordering() {
  const { gate } = gateOf(POLICY);
  const view = viewOf({
    method: 'POST',
    target: '/orders',
    fields: [
      ['X-API-Key', 'k'],
      ['Content-Length', '9'],
    ],
  });
  const order = async (...names: readonly unknown[]): Promise<number> => {
    const handled: Handled = await gate.handle(view, async () => ({ is: 'whole', bytes: bytes(names) }));
    return handled.kind === 'answer' ? handled.status : 200;
  };
  return { gate, order };
}

describe('domain.registered', () => {
  it('is what somebody registered, by the public suffix list and its private section', async () => {
    const { order } = ordering();
    // The first request waits for the list: none is judged without it.
    expect(await Promise.all([order('a.example.co.uk'), order('EXAMPLE.co.uk.'), order('b.example.co.uk')])).toEqual([
      200, 200, 429,
    ]);
    expect([await order('other.co.uk', 'x.other.co.uk'), await order('other.co.uk')]).toEqual([200, 429]);
    expect([await order('ann.github.io', 'ann.github.io'), await order('bob.github.io')]).toEqual([200, 200]);
  });

  it('of a suffix, an address or what is no name is the one counter of all that have none', async () => {
    const { order } = ordering();
    expect(await order('co.uk', '192.0.2.1')).toBe(200);
    const names = ['github.io', '[2001:db8::1]', '', 7, 'a'.repeat(300), null];
    expect(await Promise.all(names.map(async (name) => order(name)))).toEqual(names.map(() => 429));
  });

  it('holds for events of the application too', async () => {
    const { gate } = gateOf(POLICY);
    const mail = async (to: string): Promise<unknown> => {
      const decision = await gate.event('mail', { subject: { key: 'k' }, facts: { to } });
      return decision === 'unknown' ? decision : decision.allowed;
    };
    expect([await mail('mx.example.com'), await mail('example.com'), await mail('example.org')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
