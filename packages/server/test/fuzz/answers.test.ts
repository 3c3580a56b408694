/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import { parseList } from 'structured-headers';
import { afterAll, describe, expect, it } from 'vitest';
import { PolicyError } from 'headgate/policy';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';
import { gateOf, judged, viewOf, type Clocked } from './gate.ts';

const PIECES = [
  '\r\n', '\r', '\n', '\u0000', '\u007f', '\u2028', '"', '\\', '\\"', ';', ',', '=', ':', '{', '}', '{{', '{name}', '{limit}', '{retryAfter}', '<script>', '\u00e4', '\u4e16',
  '\ud83d\ude00', 'X-Evil: 1', 'a', '-', '_', '%0d%0a', '__proto__',
]; // prettier-ignore
const text = pieces(PIECES, 5);
/** Mostly what a policy may hold: a template that does not close is refused before it can do anything. */
const mostly = (sound: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 9, arbitrary: sound }, { weight: 1, arbitrary: text });
const template = mostly(
  pieces(
    PIECES.filter((piece) => !/^[{}]+$/.test(piece)),
    5,
  ).filter((each) => !/[{}](?![a-zA-Z])/.test(each.replace(/\{(?:name|limit|retryAfter)\}/g, ''))),
);
const word = mostly(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/));
/** RFC 9110 5.1 and 5.5. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// oxlint-disable-next-line no-control-regex -- controls are what is looked for
const VALUE = /^(?![ \t])[^\u0000-\u0008\u000a-\u001f\u007f\u0100-\uffff]*(?<![ \t])$/;

const BASE = { identify: { key: { header: 'X-API-Key', find: 'any' } }, unidentified: 'unlimited' };
let [gates, refused] = [0, 0];
afterAll(() => {
  if (gates < refused / 2) throw new Error(`${gates} policies of ${gates + refused}: nothing was shown`);
});

/** A gate whose policy holds these texts; undefined when the policy is refused, which is an answer too. */
function gateWith(spec: object): Clocked | undefined {
  const lines = Object.entries({ ...BASE, ...spec }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  try {
    const gate = gateOf(lines.join('\n'));
    gates++;
    return gate;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    refused++;
    return undefined;
  }
}

/** What is said to the first request, which is admitted, and to the second, which is denied. */
function saidBy(gate: Clocked, key: string, target: string): { fields: readonly string[]; body: string }[] {
  const ask = (): { fields: readonly string[]; body: string } => {
    const handled = judged(gate, viewOf({ target, fields: ['X-API-Key', key, 'Host', 'a'] }));
    return handled.kind === 'answer' ? handled : { fields: handled.settle(200), body: '' };
  };
  return [ask(), ask()];
}

function expectSound(fields: readonly string[]): void {
  for (let i = 0; i < fields.length; i += 2) {
    expect(fields[i]).toMatch(NAME);
    expect(fields[i + 1]).toMatch(VALUE);
  }
}

describe('whatever a policy, a key or a path says', () => {
  it(
    'no answer has a field or a line of theirs, and its JSON is JSON',
    () =>
      fuzz(
        fc.record({ name: word, label: text, value: template, message: template, key: text, path: text }),
        [
          {
            name: 'a',
            label: 'b\r\nX-Evil: 1',
            value: '{label}',
            message: '"{label}"',
            key: 'k\r\nX-Evil: 1',
            path: '/%0d%0aX-Evil:1',
          },
          { name: 'a\r\nb', label: '', value: '{= subject.key }', message: '{= subject.key }', key: '"', path: '/' },
        ],
        ({ name, label, value, message, key, path }) => {
          const gate = gateWith({
            limits: { [name]: { label, rate: '1/minute', algorithm: 'fixed', per: 'key' } },
            respond: {
              headers: {
                of: name,
                dialect: 'x-ratelimit',
                fields: {
                  'X-Said': value,
                  'X-Label': '{label}',
                  'X-Key': '{= subject.key }',
                  'X-Path': '{= request.path }',
                },
              },
              exceeded: {
                status: 429,
                headers: { 'X-Name': '{name}' },
                body: { message, label: '{label}', key: '{= subject.key }', path: 'at {= request.path }' },
              },
            },
          });
          if (gate === undefined) return;
          for (const { fields, body } of saidBy(gate, key, `/${path}`)) {
            expectSound(fields);
            const types = fields.filter((_, at) => at % 2 === 1 && fields[at - 1]?.toLowerCase() === 'content-type');
            if (types.some((type) => type.includes('json'))) expect(() => void JSON.parse(body)).not.toThrow();
          }
        },
      ),
    LIMIT_MS,
  );

  const limits = fc.uniqueArray(
    fc.record({
      name: word,
      units: fc.integer({ min: 1, max: 1_000_000 }),
      seconds: fc.integer({ min: 1, max: 100_000 }),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
  );
  it(
    'the current fields are structured lists, and say what holds',
    () =>
      fuzz(
        fc.record({ limits, algorithm: fc.constantFrom('fixed', 'sliding', 'bucket') }),
        [{ limits: [{ name: 'a"b\\', units: 1, seconds: 1 }], algorithm: 'fixed' }],
        ({ limits: all, algorithm }) => {
          const gate = gateWith({
            limits: Object.fromEntries(
              all.map(({ name, units, seconds }) => [name, { rate: `${units}/${seconds}s`, algorithm, per: 'key' }]),
            ),
            respond: { headers: { of: all.map(({ name }) => name), dialect: 'ratelimit' } },
          });
          if (gate === undefined) return;
          for (const { fields } of saidBy(gate, 'k', '/')) {
            expectSound(fields);
            for (let i = 0; i < fields.length; i += 2) {
              if (!/^RateLimit(?:-Policy)?$/.test(fields[i] ?? '')) continue;
              const members = parseList(fields[i + 1] ?? '');
              expect(members).toHaveLength(all.length);
              for (const [item, parameters] of members) {
                expect(typeof item).toBe('string');
                for (const [, number] of parameters) expect(typeof number).toMatch(/number|string/);
              }
            }
          }
        },
      ),
    LIMIT_MS,
  );
});
