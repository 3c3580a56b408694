import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { answered, gateOf, KEY, sha256, START } from '../gate-of.ts';

/** What a template comes to in the body of a denial, at 13:00:00.500 UTC, a minute before the window ends. */
function told(template: string, limit = 'label: Calls a minute, rate: 1/minute, algorithm: fixed, per: key'): unknown {
  const body = JSON.stringify({ x: template });
  const { ask } = gateOf(`${KEY}limits: { calls: { ${limit} } }\nrespond: { exceeded: { body: ${body} } }`);
  ask({ target: '/a' });
  return answered(ask({ target: '/a' })).json()['x'];
}

describe('a placeholder', () => {
  it.each<[string, unknown]>([
    ['{limit}', 1],
    ['{burst}', 1],
    ['{used}', 1],
    ['{remaining}', 0],
    ['{percent}', 100],
    ['{cost}', 1],
    ['{delay}', 0],
    ['{retryAfter}', 60],
    ['{resetIn}', 60],
    ['{window}', 'minute'],
    ['{retryAt}', 1_775_912_461],
    ['{nextAt}', 1_775_912_461],
    ['{resetAt}', 1_775_912_461],
    ['{name}', 'calls'],
    ['{label}', 'Calls a minute'],
    ['{unit}', 'requests'],
    ['{operation}', 'GET /a'],
    ['{request.id}', 'r1'],
    ['{reason}', 'until'],
    ['{reported}', 'calls'],
    ['{period}', null],
    ['{plan}', null],
  ])('%s alone is %j, of its own type', (template, value) => {
    expect(told(template)).toBe(value);
  });

  it.each<[string, unknown]>([
    ['{retryAfter:text}', '60'],
    ['{retryAfter:json}', '60'],
    ['{name:json}', '"calls"'],
    ['{name:hash}', sha256('calls').slice(0, 16)],
    ['{retryAfter:s}', 60],
    ['{retryAfter:s.3}', '60.000'],
    ['{retryAfter:ms}', 60_000],
    ['{retryAfter:min}', 1],
    ['{retryAfter:duration}', '1m0s'],
    ['{window:short}', '1m'],
    ['{window:SHORT}', '1M'],
    ['{window:word}', 'minute'],
    ['{window:s}', 60],
    ['{resetAt:epoch}', 1_775_912_461],
    ['{resetAt:epochMs}', 1_775_912_460_500],
    ['{resetAt:iso}', '2026-04-11T13:01:01Z'],
    ['{resetAt:http}', 'Sat, 11 Apr 2026 13:01:01 GMT'],
    [`{resetAt:"yyyy-MM-dd HH:mm:ss"}`, '2026-04-11 13:01:01'],
    [`{resetAt:"EEEE, d MMMM yyyy 'at' H:mm 'UTC'"}`, 'Saturday, 11 April 2026 at 13:01 UTC'],
    [`{resetAt:'EEE M/d'}`, 'Sat 4/11'],
    ['{ resetAt : iso }', '2026-04-11T13:01:01Z'],
  ])('in a format: %s is %j', (template, value) => {
    expect(told(template)).toBe(value);
  });

  it('names a counter by a hash that stays, and tells counters apart', () => {
    expect(told('{bucket}')).toMatch(/^[0-9a-f]{16}$/);
    expect(told('{bucket:hash}')).toBe(told('{bucket}'));
    expect(told('{bucket}', 'rate: 1/minute, algorithm: fixed, per: [key, operation]')).not.toBe(told('{bucket}'));
  });

  it('of a quota has a period, and of a rate a window', () => {
    const quota = 'quota: 1/month, per: key';
    expect(told('{limit} a {period}', quota)).toBe('1 a month');
    expect([told('{window}', quota), told('a {window}.', quota)]).toEqual([null, 'a .']);
  });

  it('says never, inside a sentence, for a time that does not come', () => {
    const { ask } = gateOf(
      `${KEY}limits: { one: { size: 1 } }\nrespond: { exceeded: { body: "in {retryAfter}, at {retryAt:iso}: {reason}, {plan}" } }`,
    );
    expect(
      answered(
        ask({
          fields: [
            ['X-API-Key', 'k'],
            ['Content-Length', '2'],
          ],
        }),
      ).body,
    ).toBe('in never, at never: never, ');
  });
});

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['{= 1 + 1 }', 2],
    ['{= "a" }', 'a'],
    ['{= [1, "a"] }', '[1,"a"]'],
    ['{= true }', 'true'],
    ['{= retryAfter * 2 }', 120],
    ['{= limit.name + "/" + limit.label }', 'calls/Calls a minute'],
    ['{= limit.fraction }', 1],
    ['{= limit.amount - limit.used + limit.remaining + limit.resetIn }', 60],
    ['{= limit.overridden ? "by contract" : reported + " " + reason }', 'calls until'],
    ['{= response.status }', 429],
    ['{= response.class }', '4xx'],
    ['{= retryAfter :duration}', '1m0s'],
    ['{= retryAfter :ms}', 60_000],
    ['{= retryAfter * 1.5 :s.1}', '90.0'],
    ['{= now :iso}', '2026-04-11T13:00:01Z'],
    [`{= now + 86400000 :"d MMM"}`, '12 Apr'],
    ['{= retryAfter > 5 ? "long" : "short" :json}', '"long"'],
    ['{= retryAfter > 5 ? "long" : "short" }', 'long'],
    ['{= {"a": 1}.a }', 1],
    ['{= {"a": retryAfter} :json}', '{"a":60}'],
    ['{= limit.name :hash}', sha256('calls').slice(0, 16)],
    ['{= ":" :text}', ':'],
    ['{= subject.nothing }', null],
    ['{= "soon" :iso}', null],
    ['{= 9e300 :iso}', null],
    ['{= 9e300 :duration}', null],
    ['{{= 1 }', '{= 1 }'],
    ['{{{limit}', '{1'],
  ])('%s is %j', (template, value) => {
    expect(told(template)).toBe(value);
  });
});

describe('a body that is a choice', () => {
  const of = (body: string, bytes = '1'): readonly unknown[] => {
    const { ask } = gateOf(
      `${KEY}limits: { calls: { rate: 1/minute, algorithm: fixed, per: key }, one: { size: 10 } }\nrespond: { exceeded: { body: ${body} } }`,
    );
    const spec = {
      fields: [
        ['X-API-Key', 'k'],
        ['Content-Length', bytes],
        ['Accept-Language', 'de'],
      ],
    } as const;
    ask(spec);
    const answer = answered(ask(spec));
    return [answer.field('Content-Type'), answer.body];
  };
  const JSON_TYPE = 'application/json';

  it('goes by a table over anything, each row of a type of its own', () => {
    const body = '{ by: reason, until: { wait: "{retryAfter}" }, never: Too large., else: x }';
    expect([of(body), of(body, '11')]).toEqual([
      [JSON_TYPE, '{"wait":60}'],
      ['text/plain; charset=utf-8', 'Too large.'],
    ]);
  });

  it('goes by cases, and choices nest', () => {
    expect(
      of(
        `{ cases: [{ when: 'request.headers["accept-language"] == "fr"', use: non }, { when: limit.name == "calls", use: { by: 'request.headers["accept-language"]', de: [nein, "{limit}"], else: no } }, { use: no }] }`,
      ),
    ).toEqual([JSON_TYPE, '["nein",1]']);
  });

  it('takes what is left when nothing can be told', () => {
    expect(of('{ by: subject.nothing, a: b, else: { c: d } }')).toEqual([JSON_TYPE, '{"c":"d"}']);
    expect(of('{ cases: [{ when: subject.nothing == "a", use: b }, { use: c }] }')[1]).toBe('c');
  });

  it('is a plain map further inside, and when its words are templates', () => {
    expect(of('{ error: { by: x, cases: [1] } }')[1]).toBe('{"error":{"by":"x","cases":[1]}}');
    expect(of(`{ '{= "by" }': x }`)[1]).toBe('{"by":"x"}');
  });
});

describe('an answer of every kind', () => {
  it('can be written, and has its own status when it does not say another', () => {
    const { ask } = gateOf(`${KEY}operations: { a: { match: GET /a } }
unidentified: 3/minute
respond: { answers: { unauthorized: { body: "401 {= response.status }" }, malformed: { body: "400" }, not-found: { type: text/html, body: "<p>404</p>" }, unidentified: { status: 403, body: "{name} {retryAfter} s" } } }`);
    const heard = [{ fields: [] }, { target: '/%00' }, { target: '/b' }, { target: '/a' }].map((spec) => {
      const answer = answered(ask(spec));
      return [answer.status, answer.body];
    });
    expect(heard).toEqual([
      [401, '401 401'],
      [400, '400'],
      [404, '<p>404</p>'],
      [403, 'unidentified 64 s'],
    ]);
  });

  it('is a problem with the type of its status, when the policy writes no body', () => {
    const type = (status: number): unknown => {
      const { ask } = gateOf(`${KEY}limits: { calls: { rate: 1/minute, per: key, past: { status: ${status} } } }`);
      ask();
      return answered(ask()).json()['type'];
    };
    const registry = 'https://iana.org/assignments/http-problem-types#';
    expect([429, 403, 503].map(type)).toEqual([
      `${registry}quota-exceeded`,
      `${registry}quota-exceeded`,
      `${registry}temporary-reduced-capacity`,
    ]);
    const { ask } = gateOf(`${KEY}require: { paid: { that: 'request.method == "GET"', else: { status: 402 } } }`);
    expect(answered(ask({ method: 'PUT' })).json()).toEqual({
      type: 'about:blank',
      title: 'Payment Required',
      status: 402,
      detail: 'Refused: require.paid.',
    });
  });

  it('is the same from a policy that was written out and read again', () => {
    const policy = parsePolicy(
      `headgate: 1\n${KEY}respond: { exceeded: { body: { by: reason, else: "{= now :iso}" } } }`,
    );
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });
});

describe('the end of a period', () => {
  const DAY = `${KEY}limits: { calls: { quota: 1/day, per: key } }
respond:
  headers: { of: calls, dialect: x-ratelimit, reset: epochMs }
  exceeded: { body: { again: '{retryAt:epochMs}', reset: '{resetAt:epochMs}' } }`;

  it.each([-400, -1, 0, 1, 400])(
    'is told as that very instant, where the store reads a clock %i ms ahead',
    (aheadMs) => {
      const store = memoryStore({ clock: { monotonicMs: () => START, wallMs: () => START + aheadMs } });
      const { ask } = gateOf(DAY, { store });
      ask({ target: '/a' });
      const { field, json } = answered(ask({ target: '/a' }));
      const midnight = Date.UTC(2026, 3, 12);
      expect(field('X-RateLimit-Reset')).toBe(String(midnight));
      expect(json()).toEqual({ again: midnight, reset: midnight });
    },
  );
});
