import { describe, expect, it } from 'vitest';
import type { Channel, Message, Verdict } from '../../src/http/index.ts';
import { checkPolicy } from '../../src/policy/index.ts';
import { answered, forwarded, gateOf, KEY, viewOf, type Asked, type Spec } from '../gate-of.ts';

const CHAT = `${KEY}
operations:
  open: { event: connect }
  join: { event: message.in, when: message.body.do == "join" }
  leave: { event: message.in, when: message.body.do == "leave" }
  say: { event: message.in }
  hear: { event: message.out }
  minute: { event: tick, every: 60s }
limits:
  opened: { rate: 3/minute, per: key, on: open }
  rooms:
    concurrency: 2
    per: key
    on: join
    hold: { id: message.body.room, until: [{ on: leave, id: message.body.room }, connection.closed] }
  said: { rate: 2/minute, algorithm: fixed, per: key, on: say, past: { status: 429, body: { slow: "{retryAfter}" } } }
  size: { size: 100, of: message.bytes, on: say, past: { status: 413, close: 1009, reason: "{cost} bytes" } }
  heard: { rate: 3/minute, per: connection.id, on: hear }
  minutes: { quota: 2/day, per: key, on: minute, past: { status: 402, close: 4402, reason: No minutes left. } }
`;

const message = (value: unknown): Message => {
  const payload = new TextEncoder().encode(JSON.stringify(value));
  return { bytes: payload.length, type: 'text', payload };
};

const SWITCH: Spec = { target: '/chat' };

/** A web socket that was let in. */
function open({ gate, clock }: Asked, id = 'c1'): Channel & { readonly end: () => void } {
  const { judged, end } = forwarded(gate.handle({ ...viewOf(SWITCH), id, upgrade: 'websocket' }) as never);
  if (judged === undefined) throw new Error('nothing was judged');
  const channel = gate.channel?.({ ask: judged.ask, id, atMs: clock.nowMs });
  if (channel === undefined) throw new Error('the policy has no events');
  const over = {
    status: 101,
    reached: true,
    fields: [],
    body: { is: 'unread', why: 'absent' },
    sentBytes: 0,
    tookMs: 0,
    torn: false,
  } as const;
  return Object.assign(channel, { end: () => (channel.close(), end(over)) });
}

const told = (verdict: Verdict | Promise<Verdict>): unknown => {
  if (verdict instanceof Promise) throw new Error('expected a verdict at once');
  return verdict && [verdict.denial?.limit, verdict.body === '' ? '' : JSON.parse(verdict.body), verdict.close];
};

describe('events on a connection', () => {
  it('are judged by the limits of their operation, and a refusal carries the body and how the socket ends', () => {
    const channel = open(gateOf(CHAT));
    expect(channel.needs).toEqual({ in: 'body', out: 'nothing' });
    expect(channel.ticks).toEqual([60_000]);
    const say = (text: string): unknown => told(channel.message('in', message({ text })));
    expect([say('a'), say('b'), say('c')]).toEqual([undefined, undefined, ['said', { slow: 60 }, undefined]]);
    const [limit, , close] = told(channel.message('in', message({ text: 'x'.repeat(100) }))) as unknown[];
    expect([limit, close]).toEqual(['size', { code: 1009, reason: '111 bytes' }]);
  });

  it('that are no operation pass: nothing counts them', () => {
    const only = open(
      gateOf(`${KEY}operations: { a: { event: message.in, when: message.type == "binary" }, rest: { match: ANY /** } }
limits: { a: { rate: 1/hour, per: key, on: a } }`),
    );
    expect([1, 2, 3].map(() => told(only.message('in', message({}))))).toEqual([undefined, undefined, undefined]);
    const binary: Message = { bytes: 3, type: 'binary' };
    expect([1, 2].map(() => only.message('in', binary) === undefined)).toEqual([true, false]);
    expect(only.needs).toEqual({ in: 'length', out: undefined });
  });

  it('count by their connection where the policy says so', () => {
    const gate = gateOf(CHAT);
    const [first, second] = [open(gate, 'c1'), open(gate, 'c2')];
    const hear = (channel: Channel): boolean => channel.message('out', { bytes: 0, type: 'text' }) === undefined;
    expect([1, 2, 3, 4].map(() => hear(first))).toEqual([true, true, true, false]);
    expect(hear(second)).toBe(true);
  });

  it('charge minutes while the connection lasts, and end it when there are none left', () => {
    const channel = open(gateOf(CHAT));
    expect([told(channel.tick(60_000)), told(channel.tick(60_000))]).toEqual([undefined, undefined]);
    const [limit, , close] = told(channel.tick(60_000)) as unknown[];
    expect([limit, close]).toEqual(['minutes', { code: 4402, reason: 'No minutes left.' }]);
  });

  it('hold until another message ends it, or the connection closes', () => {
    const gate = gateOf(CHAT);
    const [first, second] = [open(gate, 'c1'), open(gate, 'c2')];
    const join = (channel: Channel, room: unknown): boolean =>
      channel.message('in', message({ do: 'join', room })) === undefined;
    expect([join(first, 'a'), join(first, 7), join(second, 'b')]).toEqual([true, true, false]);
    void first.message('in', message({ do: 'leave', room: '7' }));
    expect([join(second, 'b'), join(second, 'c')]).toEqual([true, false]);
    first.end();
    expect([join(second, 'c'), join(second, 'd')]).toEqual([true, false]);
    second.end();
    expect(gate.gate.held()).toEqual({ reservations: 0, named: 0 });
  });

  it('keep what they hold for as long as the connection lasts, however long its lease', () => {
    const gate = gateOf(CHAT);
    const channel = open(gate);
    void channel.message('in', message({ do: 'join', room: 'a' }));
    for (let i = 0; i < 100; i++) {
      gate.clock.nowMs += 60_000;
      gate.gate.tend();
    }
    expect(gate.gate.held().reservations).toBe(1);
    channel.close();
    expect(gate.gate.held().reservations).toBe(0);
  });

  it('hold nothing for a body that names nothing', () => {
    const gate = gateOf(CHAT);
    const channel = open(gate);
    const join = (room?: unknown): boolean => channel.message('in', message({ do: 'join', room })) === undefined;
    expect([join(), join(null), join('c')]).toEqual([true, true, false]);
    channel.close();
    expect(gate.gate.held()).toEqual({ reservations: 0, named: 0 });
  });
});

describe('a wish for a web socket', () => {
  it('is the operation of its event, and no request with the same field is', () => {
    const gate =
      gateOf(`${KEY}operations: { open: { event: connect, when: request.path == "/ws" }, rest: { match: ANY /** } }
limits: { opened: { rate: 1/hour, per: key, on: open }, calls: { rate: 2/hour, per: key, on: rest } }`);
    const ask = (target: string, upgrade?: string): string => {
      const handled = gate.gate.handle({
        ...viewOf({
          target,
          fields: [
            ['X-API-Key', 'k'],
            ['Upgrade', 'websocket'],
          ],
        }),
        upgrade,
      });
      if (handled instanceof Promise) throw new Error('expected an answer at once');
      return handled.kind === 'forward' ? handled.operation : (answered(handled).denial?.limit ?? '');
    };
    expect([
      ask('/ws', 'websocket'),
      ask('/ws', 'websocket'),
      ask('/ws'),
      ask('/other', 'websocket'),
      ask('/ws'),
    ]).toEqual(['open', 'opened', 'rest', 'rest', 'calls']);
  });

  it('is a request as ever where only events are operations', () => {
    const { ask } = gateOf(
      `${KEY}operations: { say: { event: message.in } }\nlimits: { said: { rate: 1/s, per: key } }`,
    );
    expect(forwarded(ask({ target: '/any' })).operation).toBe('GET /any');
  });
});

describe('what is wrong with an event', () => {
  const rows = [
    ['o: { event: conect }', 'ERR_POLICY_UNKNOWN operations.o.event'],
    ['o: { event: tick }', 'ERR_POLICY_MISSING operations.o'],
    ['o: { event: tick, every: 10ms }', 'ERR_POLICY_RANGE operations.o.every'],
    ['o: { event: connect, every: 10s }', 'ERR_POLICY_WORD operations.o.every'],
    ['o: { event: connect, match: GET /a }', 'ERR_POLICY_WORD operations.o.event'],
    ['o: { event: app.a b }', 'ERR_POLICY_NAME operations.o.event'],
    ['a: { event: message.in }, o: { event: message.in }', 'ERR_POLICY_SHADOWED operations.o.event'],
    ['a: { match: ANY /** }, o: { event: connect }', 'ERR_POLICY_SHADOWED operations.o.event'],
    ['o: { event: message.in, when: message.size > 4 }', 'ERR_POLICY_EXPRESSION operations.o.when'],
  ] as const;

  it.each(rows)('%s', (operations, expected) => {
    const problems = checkPolicy(`headgate: 1\n${KEY}operations: { ${operations} }`);
    expect(
      problems.filter(({ severity }) => severity === 'error').map(({ code, path }) => `${code} ${path.join('.')}`),
    ).toEqual([expected]);
  });
});
