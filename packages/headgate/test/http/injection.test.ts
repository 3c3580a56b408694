import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { compileAnswers } from '../../src/http/respond/answer.ts';
import { compileBlocks } from '../../src/http/respond/blocks.ts';
import { compilePolicy, parsePolicy, PolicyError } from '../../src/policy/index.ts';
import { FRAMING_FIELDS, type CompiledPolicy } from '../../src/profile/index.ts';
import { answered, gateOf, KEY } from '../gate-of.ts';
import { tell, type Spoken } from './told-of.ts';

/*
 * Whatever stands in a policy, a key, a path or a header, a response has the fields that were meant and no others, and
 * JSON that is JSON.
 */

const NASTY = [
  '\r\nSet-Cookie: a=b',
  '\r\n\r\n<html>',
  '"',
  '\\',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ud800',
  'é',
  '你',
  '","x":"',
  '{limit}',
  '{= 1 }',
  '}',
  '/*',
  "'",
];
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** What is wrong with the fields of a response: nothing. */
function faultsOf(fields: readonly string[]): readonly string[] {
  const faults: string[] = fields.length % 2 === 0 ? [] : ['half a field'];
  for (let i = 0; i < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    if (!isField(name, value)) faults.push(`${name}: ${value}`);
    if (name !== 'Content-Type' && FRAMING_FIELDS.has(name.toLowerCase())) faults.push(`${name} frames`);
  }
  return faults;
}

/** As Node's own server has it, which would throw. */
function isField(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return !/[\r\n\0]/.test(value);
  } catch {
    return false;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Every place a text of somebody else's can reach, in every form a response has. */
const EVERYWHERE = `limits: { calls: { rate: 1/minute, algorithm: fixed, per: key } }
respond:
  expose: true
  help: https://a.example/x
  headers:
    - { of: calls, dialect: ratelimit, partition: true, fields: { X-Op: "{operation}", "X-{operation}": "{name}", X-Key: '{= subject.key }', X-Map: { "{operation}": "{= subject.key }" }, "{= subject.key }": x } }
    - { of: calls, dialect: draft-03, prefix: A-, policy: '{limit};c="{operation}"' }
  exceeded:
    headers: { X-Who: '{= subject.key :json}', Retry-After: '{= subject.key }' }
    body: { who: '{= subject.key }', op: "at {operation}", "{operation}": ["{= subject.key :json}"], q: '{= request.query["q"] }' }
`;

describe('a response', () => {
  it('has the fields that were meant, and JSON, whatever a caller sends', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (key, path, query) => {
        const { ask } = gateOf(KEY + EVERYWHERE);
        const spec = {
          target: `/${encodeURIComponent(path.toWellFormed())}?q=${encodeURIComponent(query.toWellFormed())}`,
          fields: [['X-API-Key', key]],
        } as const;
        for (const handled of [ask(spec), ask(spec)]) {
          const isForward = handled.kind === 'forward';
          expect(faultsOf(isForward ? handled.settle(200) : handled.fields)).toEqual([]);
          expect(isForward || isJson(handled.body)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says of a caller exactly what the caller is called', () => {
    fc.assert(
      fc.property(nasty, (key) => {
        // Spaces around a field value are not part of it (RFC 9110 5.5), and a hash begins with #.
        fc.pre(key.trim() === key && key !== '' && !key.startsWith('#'));
        const { ask } = gateOf(KEY + EVERYWHERE);
        const spec = { fields: [['X-API-Key', key]] } as const;
        // What readers could take for two keys is nobody's (decision 0407).
        fc.pre(ask(spec).kind === 'forward');
        expect(answered(ask(spec)).json()['who']).toBe(key);
      }),
      { numRuns: 30, maxSkipsPerRun: 1000 },
    );
  });

  it('of text keeps to its type: nothing a caller sends is markup, or ends a text of JSON', () => {
    const typed = (type: string, body: string): string =>
      `${KEY}limits: { calls: { rate: 1/minute, per: key } }\nrespond: { exceeded: { type: ${type}, body: ${JSON.stringify(body)} } }`;
    const [html, json] = [
      typed('text/html', `<p title="{= subject.key }">{operation} {= subject.key :json}</p>`),
      typed(
        'application/json',
        `{{"who": "{= subject.key }", "all": [{= subject.key :json}, {retryAfter}, "{operation}"]}`,
      ),
    ];
    fc.assert(
      fc.property(nasty, (key) => {
        const spec = { fields: [['X-API-Key', `k${key.trim()}<b>&`]] } as const;
        const [first, second] = [gateOf(html), gateOf(json)];
        const known = [first, second].map(({ ask }) => ask(spec).kind);
        fc.pre(!known.includes('answer'));
        const markup = answered(first.ask(spec)).body;
        expect([markup.split('<').length, markup.split('>').length, markup.split('"').length]).toEqual([3, 3, 3]);
        expect(answered(second.ask(spec)).json()).toMatchObject({ who: `k${key.trim()}<b>&` });
      }),
      { numRuns: 200 },
    );
  });

  it('is sound for any limit that another program might have compiled', () => {
    const spoken: fc.Arbitrary<Spoken> = fc.record({
      name: nasty,
      shown: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      unit: nasty,
      figures: fc.tuple(fc.nat(), fc.integer({ min: -1 }), fc.integer({ min: -1 })),
    });
    const policy = parsePolicy(
      `headgate: 1\n${KEY}limits: { a: { rate: 1/s } }\nrespond: { headers: [{ of: tightest, dialect: ratelimit }, { of: tightest, dialect: draft-06, prefix: "B-" }, { of: binding, fields: { "X-{name}": "{label} {unit:hash}", X-All: ["{name}", "{label}"] } }] }`,
    );
    const blocks = compileBlocks(policy.respond.headers);
    const exceeded = compileAnswers(policy.respond, blocks)('exceeded');
    fc.assert(
      fc.property(fc.array(spoken, { minLength: 1, maxLength: 3 }), (limits) => {
        const told = tell(limits);
        const { fields, body } = exceeded(told);
        expect([faultsOf(fields), isJson(body)]).toEqual([[], true]);
        expect(() => parseList(fields[fields.indexOf('RateLimit') + 1] ?? '')).not.toThrow();
      }),
    );
  });

  it('holds names of a megabyte, cut to what receivers take', () => {
    const name = 'x'.repeat(1_000_000);
    const policy = parsePolicy(
      `headgate: 1\n${KEY}limits: { a: { rate: 1/s } }\nrespond: { headers: { of: tightest, dialect: ratelimit, fields: { "X-{name}": "{label}", X-J: ["{name}"] } } }`,
    );
    const out: string[] = [];
    compileBlocks(policy.respond.headers).write(out, tell([{ name, shown: 1, figures: [1, 1, 0] }]), 'admitted', 200);
    expect(faultsOf(out)).toEqual([]);
    expect(out.map((text) => text.length).every((length) => length <= 4096)).toBe(true);
    expect(out).not.toContain('X-J');
  });
});

describe('a policy', () => {
  it('is refused, or has responses that are sound, whatever its texts', () => {
    const template = fc.oneof(
      nasty,
      nasty.map((text) => `{name}${text}`),
      nasty.map((text) => text.replaceAll('{', '{{')),
    );
    fc.assert(
      fc.property(template, template, template, template, (name, value, label, body) => {
        const policy =
          compiledOr({
            headgate: 1,
            identify: { key: { header: 'X-API-Key', find: 'any' } },
            limits: { calls: { rate: '1/minute', per: 'key', label } },
            respond: {
              help: value,
              headers: {
                of: 'calls',
                dialect: 'x-ratelimit',
                prefix: name,
                policy: value,
                join: value,
                fields: { [name]: value, [`X-${name}`]: { [name]: value } },
              },
              exceeded: { type: value, headers: { [`Y-${name}`]: value }, body: { [body]: body } },
            },
          }) ??
          compiledOr({
            headgate: 1,
            identify: { key: { header: 'X-API-Key', find: 'any' } },
            limits: { calls: { rate: '1/minute', per: 'key' } },
            respond: { exceeded: { headers: { X: [value] }, body: { [body]: body, value } } },
          });
        if (policy === undefined) return;
        const blocks = compileBlocks(policy.respond.headers);
        const { fields, body: text } = compileAnswers(policy.respond, blocks)('exceeded')(
          tell([{ name: 'calls', shown: 1, figures: [0, 1, 1] }]),
        );
        expect([faultsOf(fields), isJson(text)]).toEqual([[], true]);
      }),
      { numRuns: 500 },
    );
  });
});

function compiledOr(policy: unknown): CompiledPolicy | undefined {
  try {
    return compilePolicy(policy);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}
