import { describe, expect, it } from 'vitest';
import { answered, forwarded, gateOf, KEY, type Asked, type Spec } from '../gate-of.ts';

const MINUTE = 60_000;
const SHOWN = 'respond: { headers: { of: a, dialect: x-ratelimit, reset: delta, used: true } }\n';
const limited = (past: string, kind = 'rate: 10/minute, algorithm: fixed'): string =>
  `${KEY}${SHOWN}limits: { a: { ${kind}, per: key, past: ${past} } }`;
const urgent: Spec = { method: 'PUT' };
const URGENT = 'request.method == "PUT"';

function admitted(at: Asked, most: number, spec?: Spec): number {
  let count = 0;
  while (count < most && at.ask(spec).kind === 'forward') count++;
  return count;
}

function figures(at: Asked, spec?: Spec): readonly (string | undefined)[] {
  const handled = at.ask(spec);
  const fields = handled.kind === 'forward' ? handled.settle(200) : handled.fields;
  return ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Used'].map(
    (name) => fields[fields.indexOf(name) + 1],
  );
}

/** Refused a ms before what `Retry-After` was rounded up from, and let in then. */
function expectExact(at: Asked, spec?: Spec): void {
  const { denial } = answered(at.ask(spec));
  const waitMs = denial?.retryAfterMs ?? 0;
  expect(waitMs).toBeGreaterThan(0);
  at.clock.nowMs += waitMs - 1;
  expect(at.ask(spec).kind).toBe('answer');
  at.clock.nowMs += 1;
  expect(at.ask(spec).kind).toBe('forward');
}

describe('a ladder', () => {
  it('of ten per cent of grace lets in eleven of ten, and headers say ten', () => {
    const at = gateOf(limited('{ at: 110%, deny: exceeded }'));
    expect(admitted(at, 9)).toBe(9);
    expect(figures(at)).toEqual(['10', '0', '10']);
    expect(figures(at)).toEqual(['10', '0', '11']);
    expect(figures(at)).toEqual(['10', '0', '11']);
    expectExact(at);
  });

  it('keeps the last fifth for emergencies, and tells others what is left for them', () => {
    const at = gateOf(
      limited(`[{ at: 80%, when: '!(${URGENT})', deny: { status: 503 } }, { deny: exceeded }]`, 'rate: 10/minute'),
    );
    expect(admitted(at, 20)).toBe(8);
    expect(answered(at.ask()).status).toBe(503);
    expect(figures(at)).toEqual(['10', '0', '8']);
    expect(admitted(at, 20, urgent)).toBe(2);
    expect(answered(at.ask(urgent)).status).toBe(429);
    expectExact(at, urgent);
  });

  it('waits until the last fifth is free again for whoever has none of it', () => {
    const at = gateOf(
      limited(
        `[{ at: 80%, when: '!(${URGENT})', deny: exceeded }, { deny: exceeded }]`,
        'rate: 10/minute, algorithm: bucket',
      ),
    );
    expect(admitted(at, 20, urgent)).toBe(10);
    // Three come back in 18 s: then eight are used with the next.
    expect(answered(at.ask()).denial?.retryAfterMs).toBe(18_000);
    expectExact(at);
  });

  it.each([
    ['admit: true', 30],
    ['shadow: true', 30],
    ['notify: o', 30],
    ['mark: over', 30],
    ['deny: exceeded', 10],
    ['drop: true', 10],
    ['block: { for: 1h }', 10],
  ])('that says %s lets in %i of thirty', (action, count) => {
    const at = gateOf(`${limited(`{ ${action} }`)}\nnotify: { o: { log: info } }`);
    expect(admitted(at, 30)).toBe(count);
  });

  it('counts what it lets in over the amount, and what it only shadows not', () => {
    const soft = gateOf(limited('[{ admit: true }, { at: 200%, deny: exceeded }]'));
    expect(admitted(soft, 50)).toBe(20);
    const tried = gateOf(limited('[{ shadow: true }, { at: 200%, deny: exceeded }]'));
    expect(admitted(tried, 50)).toBe(50);
    expect(figures(tried)).toEqual(['10', '0', '10']);
  });

  it('decides by the highest fill that is passed, and at one fill by the first that holds', () => {
    const at = gateOf(
      limited(
        `[{ at: 300%, deny: { status: 420 } }, { when: '${URGENT}', deny: { status: 421 } }, { deny: { status: 422 } }]`,
        'rate: 10/minute, cost: request.bytes',
      ),
    );
    const asks = (bytes: number, spec: Spec = {}): number =>
      answered(
        at.ask({
          ...spec,
          fields: [
            ['X-API-Key', 'k'],
            ['Content-Length', String(bytes)],
          ],
        }),
      ).status;
    expect([asks(31), asks(30), asks(11, urgent)]).toEqual([420, 422, 421]);
  });

  it('answers what no wait helps as it says, and other refusals otherwise', () => {
    const at = gateOf(
      limited(
        `[{ when: reason == "never", deny: { status: 413 } }, { deny: exceeded }]`,
        'rate: 10/minute, cost: request.bytes',
      ),
    );
    const bytes = (count: number): Spec => ({
      fields: [
        ['X-API-Key', 'k'],
        ['Content-Length', String(count)],
      ],
    });
    expect(answered(at.ask(bytes(11))).status).toBe(413);
    forwarded(at.ask(bytes(10)));
    expect(answered(at.ask(bytes(1))).status).toBe(429);
  });

  it('takes its fills from values', () => {
    const at = gateOf(`${KEY}${SHOWN}plans: [A, B]
derive: { plan: '"B"' }
limits: { a: { rate: 10/minute, past: { at: { A: 100%, B: 150% }, deny: exceeded } }, b: { rate: 10/minute, past: { at: 'facts.x', deny: exceeded } } }`);
    // What cannot be told is 100 %.
    expect(admitted(at, 50)).toBe(10);
  });

  it('that cannot tell whether a step holds refuses, and lets nobody in for it', () => {
    const refuses = gateOf(limited(`[{ at: 50%, when: account.x, deny: exceeded }, { deny: exceeded }]`));
    expect(admitted(refuses, 50)).toBe(5);
    const admits = gateOf(limited(`[{ when: account.x, admit: true }, { deny: exceeded }]`));
    expect(admitted(admits, 50)).toBe(10);
  });

  it('says nothing where it says drop', () => {
    const at = gateOf(limited('{ drop: true }', 'rate: 1/minute'));
    at.ask();
    expect(at.ask()).toMatchObject({ kind: 'answer', silent: true, fields: [], body: '', denial: { limit: 'a' } });
    const closed = gateOf(`${KEY}require: { r: { that: 'false', drop: true } }`);
    expect(closed.ask()).toMatchObject({ kind: 'answer', silent: true });
    const named = gateOf(`${KEY}require: { r: { that: 'false', else: { drop: true } } }`);
    expect(named.ask()).toMatchObject({ kind: 'answer', silent: true });
  });

  it('marks what reaches its fill, for headers, bodies and the API', () => {
    const at =
      gateOf(`${KEY}limits: { a: { rate: 4/minute, past: [{ at: 50%, mark: near }, { at: 75%, mark: full }, { deny: exceeded }] } }
respond: { headers: [{ of: a, marked: near, fields: { X-Near: "{remaining}" } }], merge: { of: a, marked: full, at: /left, body: "{remaining}" } }`);
    const told = [0, 1, 2, 3].map(() => {
      const passed = forwarded(at.ask());
      const body = passed.rewrite?.(200, 'application/json')?.apply('{}') ?? '';
      return [passed.hands[1] ?? '', passed.settle(200)[1] ?? '', body];
    });
    expect(told).toEqual([
      ['', '', ''],
      ['near', '2', ''],
      ['near, full', '1', '{"left":1}'],
      ['near, full', '0', '{"left":0}'],
    ]);
    expect(at.gate.strips('x-headgate-mark', true)).toBe(true);
    expect(answered(at.ask()).field('X-Near')).toBe('0');
  });
});

describe('several windows', () => {
  it('have a ladder each', () => {
    const at = gateOf(
      `${KEY}limits: { a: { rate: [2/1s, 4/1m], algorithm: fixed, past: { at: 150%, deny: exceeded } } }`,
    );
    expect(admitted(at, 9)).toBe(3);
    at.clock.nowMs += 1000;
    expect(admitted(at, 9)).toBe(3);
    at.clock.nowMs += 1000;
    expect(answered(at.ask()).denial?.retryAfterMs).toBe(MINUTE - 2000);
  });
});
