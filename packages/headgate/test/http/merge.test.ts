import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rewrite } from '../../src/http/index.ts';
import { forwarded, gateOf, KEY, type Spec } from '../gate-of.ts';

const LIMITS = 'limits: { calls: { rate: 9/minute, algorithm: fixed, per: key }, day: { quota: 50/day, per: key } }\n';

function rewriteOf(respond: string, status = 200, type = 'application/json', spec?: Spec): Rewrite | undefined {
  return forwarded(gateOf(`${KEY}${LIMITS}respond: { ${respond} }`).ask(spec)).rewrite?.(status, type);
}

const merged = (respond: string, text = '{"id":1}'): string | undefined => rewriteOf(respond)?.apply(text);

describe('the state of a limit', () => {
  it('is written into a successful JSON body, typed, and nothing else changes', () => {
    expect(
      merged(
        'merge: [{ of: calls, at: /meta/limit, body: { left: "{remaining}", until: "{resetAt:iso}" } }, { of: day, at: /day, body: "{used} of {limit}" }]',
        '{ "id": 12345678901234567890, "n": 1.0 }',
      ),
    ).toBe(
      '{"day":"1 of 50","meta":{"limit":{"left":8,"until":"2026-04-11T13:01:01Z"}}, "id": 12345678901234567890, "n": 1.0 }',
    );
  });

  it('appends to a list, goes by conditions, and chooses its body', () => {
    expect(merged('merge: { of: tightest, at: /warnings/-, body: "{name}" }', '{"warnings":["x"]}')).toBe(
      '{"warnings":["x","calls"]}',
    );
    const near = (when: string): string | undefined =>
      merged(`merge: { of: calls, when: '${when}', at: /near, body: true }`);
    expect(near('limit.fraction > 0.1 && response.status == 200')).toBe('{"near":true,"id":1}');
    expect(near('limit.fraction > 0.2')).toBeUndefined();
    expect(merged('merge: { of: calls, at: /a, body: { by: limit.remaining, "8": eight, else: other } }')).toBe(
      '{"a":"eight","id":1}',
    );
  });

  it.each([
    [200, 'application/json', true],
    [201, 'application/problem+json; charset=utf-8', true],
    [203, 'APPLICATION/JSON', true],
    [204, 'application/json', false],
    [206, 'application/json', false],
    [302, 'application/json', false],
    [404, 'application/json', false],
    [200, 'text/html', false],
    [200, 'application/jsonp', false],
    [200, 'application/x-ndjson', false],
    [200, 'multipart/x; a=application/json', false],
  ])('%i with %s: %s', (status, type, isWritten) => {
    expect(rewriteOf('merge: { of: calls, at: /a, body: 1 }', status, type) !== undefined).toBe(isWritten);
  });

  it('leaves alone what is not JSON, has no room for it, or is too long', () => {
    const rewrite = rewriteOf('merge: { of: calls, at: /a/b, body: 1 }');
    expect(
      ['', 'x', '{"a":1', '[1]', '"a"', '{"a":"b"}', '{"a":null}', `\ufeff{}`].map((text) => rewrite?.apply(text)),
    ).toEqual(Array.from({ length: 8 }, () => undefined));
    expect(rewrite?.apply(`{"x":"${'y'.repeat(rewrite.maxBytes)}"}`)).toBeUndefined();
  });

  it('stands where the pointer says: "~01" is "~1" (RFC 6901 4)', () => {
    expect(merged('merge: { of: calls, at: /~01~1~0, body: 1 }', '{}')).toBe('{"~1/~":1}');
  });

  it('is written where there is room, though another has none', () => {
    const two = 'merge: [{ of: calls, at: /a, body: 1 }, { of: calls, at: /id/b, body: 2 }]';
    expect(merged(two)).toBe('{"a":1,"id":1}');
  });

  it('says which fields are true of the upstream’s bytes alone', () => {
    expect(rewriteOf('merge: { of: calls, at: /a, body: 1 }')?.drops).toContain('etag');
  });

  it('changes nothing where no block is for the request', () => {
    const { ask } = gateOf(
      `${KEY}operations: { a: { match: GET /a }, b: { match: GET /b } }\n${LIMITS}respond: { merge: { of: calls, on: [a], at: /a, body: 1 } }`,
    );
    expect(forwarded(ask({ target: '/a' })).rewrite).toBeDefined();
    expect(forwarded(ask({ target: '/b' })).rewrite).toBeUndefined();
    expect(forwarded(gateOf(KEY + LIMITS).ask()).rewrite).toBeUndefined();
  });

  it.each(['/__proto__/polluted', '/constructor/prototype/polluted', '/toString', '/~1/~0~1'])(
    'at %s is only a member',
    (at) => {
      const text = merged(`merge: { of: calls, at: ${at}, body: { '{= "__proto__" }': { polluted: 1 } } }`, '{}') ?? '';
      const tokens = at
        .slice(1)
        .split('/')
        .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
      let here: unknown = JSON.parse(text);
      for (const token of tokens) {
        expect(Object.keys(here as object)).toEqual([token]); // JSON made it
        here = Object.entries(here as object)[0]?.[1];
      }
      expect(Object.keys(here as object)).toEqual(['__proto__']);
      expect({}).not.toHaveProperty('polluted');
    },
  );

  it('is JSON again, whatever the body was', () => {
    const rewrite = rewriteOf('merge: [{ of: calls, at: /a/-, body: "{name}" }, { of: day, at: /a/0/b, body: [1] }]');
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const changed = rewrite?.apply(text) ?? 'null';
        expect(() => JSON.parse(changed) as unknown).not.toThrow();
      }),
    );
  });
});
