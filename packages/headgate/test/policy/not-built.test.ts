import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';

/*
 * Everything that the language has and this release has not: refused by name, never ignored, and never taken for a
 * mistake of the one who wrote it.
 */

const KEYED = 'identify: { key: { header: X-API-Key, find: any } }\n';
const one = (body: string): string => `${KEYED}limits: { a: { ${body} }, z: { rate: 1/s } }`;
const when = (text: string): string => one(`rate: 1/s, when: '${text}'`);
const source = (body: string): string => `identify: { a: { ${body} } }`;
const answer = (body: string): string => `${KEYED}respond: { exceeded: { ${body} } }`;
const block = (body: string): string =>
  `${one('rate: 1/s')}\nrespond: { headers: { of: a, dialect: ratelimit, ${body} } }`;

/** What is written, and the places that are told of, in file order. */
const CONSTRUCTS: readonly (readonly [text: string, ...paths: string[]])[] = [
  [source('certificate: subject.cn, find: any'), 'identify.a.certificate'],
  ['address: { trust: 10.0.0.0/8, header: X-Forwarded-For, when: request.method == "GET" }', 'address.when'],
  [answer('codes: { smtp: "450 4.7.1" }'), 'respond.exceeded.codes'],
  [answer('body: "{= response.body.id }"'), 'respond.exceeded.body'],
  [block(`when: 'response.headers["x"] == "y"'`), 'respond.headers.when'],
  [when('domain.registered(request.headers["host"]) == "x"'), 'limits.a.when'],
];

describe('what is not built yet', () => {
  const rows = CONSTRUCTS.map(([text, ...paths]) => [text.replaceAll('\n', ' · '), text, paths] as const);

  it.each(rows)('%s', (_, text, paths) => {
    const errors = checkPolicy(`headgate: 1\n${text}`).filter(({ severity }) => severity === 'error');
    expect(errors.map((problem) => lineOf(problem).split(': ').slice(0, 2).join(' '))).toEqual(
      paths.map((path) => `ERR_POLICY_NOT_BUILT ${path}`),
    );
  });
});
