import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { forwarded, gateOf, KEY } from '../gate-of.ts';

const POLICY = `${KEY}limits: { calls: { rate: 9/minute, algorithm: fixed, per: key } }
respond: { headers: [
  { of: calls, when: 'response.headers["x-cached"] != "yes"', fields: { X-Left: "{remaining}" } },
  { of: calls, fields: { X-Shard: "{= response.headers['x-shard'] }" } } ] }`;

describe('what is written beside an answer', () => {
  it('may depend on its fields, whatever their case, joined where they came twice', () => {
    const { ask } = gateOf(POLICY);
    const beside = (...fields: string[]): string[] => forwarded(ask()).settle(200, fields);
    expect(beside('X-Cached', 'no')).toEqual(['X-Left', '8']);
    expect(beside('x-CACHED', 'yes', 'X-Shard', 'b')).toEqual(['X-Shard', 'b']);
    expect(beside('X-Cached', 'yes', 'X-Cached', 'yes')).toEqual(['X-Left', '6']);
    expect(beside('X-Shard', 'a\r\nSet-Cookie: x').join('|')).not.toMatch(/[\r\n]/);
    // What cannot be told does not hold.
    expect(beside()).toEqual([]);
  });

  it.each(['body.id', 'bytes'])('may not depend on its %s, which comes later', (field) => {
    const [problem] = checkPolicy(
      `headgate: 1\n${KEY}limits: { a: { rate: 1/s } }\nrespond: { headers: { of: a, when: response.${field} == 1, dialect: ratelimit } }`,
    );
    expect(problem && lineOf(problem)).toContain('is known only when what stands here was written');
  });
});
