import { describe, expect, it } from 'vitest';
import { FAILED, Scope } from '../scope.ts';
import { graphqlCost } from './cost.ts';

const TABLES = { fields: { repositories: 1, issues: 1, 'repositories.issues': 3, title: 0, __typename: 0, else: 10 } };

function costOf(body: unknown): unknown {
  return graphqlCost(
    ['fields', body],
    new Scope({ attributes: {}, plan: {}, operation: () => undefined, roots: {}, tables: TABLES }),
  );
}
const query = (text: string, variables: object = {}): unknown => costOf({ query: text, variables });

describe('a query costs', () => {
  it.each([
    ['{ issues { title } }', 1],
    ['{ other }', 10],
    ['{ repositories(first: 5) { issues { title } } }', 1 + 5 * 3],
    ['{ repositories(first: 5) { issues(last: 10) { other } } }', 1 + 5 * (3 + 10 * 10)],
    ['query Q($n: Int! = 7) { repositories(first: $n) { other } }', 1 + 7 * 10],
    ['{ a: issues { title } b: issues { title } }', 2],
    ['{ ...F } fragment F on Query { issues { title } ...G } fragment G on Query { other }', 11],
    ['{ ... on Query @include(if: false) { other } ... { issues } }', 11],
    ['{ issues(filter: { text: "}) { other", list: [1, [2]], kind: OPEN }) { title } }', 1],
    ['# other }\n{ issues, \uFEFF title(text: """ " } """) }', 1],
    ['mutation M($in: [Input!]!) @d(a: 1) { issues(input: $in) { title } }', 1],
    ['{ repositories(first: 0) { other } }', 1],
  ])('%s', (text, cost) => {
    expect(query(text)).toBe(cost);
  });

  it('what its variables ask for', () => {
    expect(query('query($n: Int = 7) { repositories(first: $n) { other } }', { n: 100 })).toBe(1001);
  });

  it('what the operation that is named costs', () => {
    const text = 'query A { issues } query B { other }';
    expect(costOf({ query: text, operationName: 'B' })).toBe(10);
    expect(costOf({ query: text })).toBe(FAILED);
    expect(costOf({ query: text, operationName: 'C' })).toBe(FAILED);
  });

  it('the sum of several requests', () => {
    expect(costOf([{ query: '{ issues }' }, { query: '{ other }' }])).toBe(11);
    expect(costOf([{ query: '{ issues }' }, {}])).toBe(FAILED);
  });
});

describe('what cannot be told', () => {
  it.each([
    ['no query', {}],
    ['a query that is no text', { query: 5 }],
    ['an empty one', { query: '' }],
    ['no document', { query: '{ issues' }],
    ['a character of none', { query: '{ iss?ues }' }],
    ['a text without an end', { query: '{ issues(a: "x) { title } }' }],
    ['a fragment that is not there', { query: '{ ...F }' }],
    ['a fragment that spreads itself', { query: '{ ...F } fragment F on Q { ...G } fragment G on Q { ...F }' }],
    ['a fragment that stands twice', { query: '{ ...F } fragment F on Q { title } fragment F on Q { other }' }],
    ['a size below nothing', { query: '{ issues(first: -5) { other } }' }],
    ['a size that is no number', { query: 'query($n: Int) { issues(first: $n) { other } }', variables: { n: '5' } }],
    [
      'a size beyond counting',
      { query: '{ issues(first: 9007199254740991) { issues(first: 9007199254740991) { other } } }' },
    ],
    ['depth without end', { query: '{a'.repeat(500) + '}'.repeat(500) }],
    ['a type without end', { query: `query($a: ${'['.repeat(500)}` }],
    [
      'fragments that multiply',
      {
        query: `{ ...F20 } ${Array.from({ length: 20 }, (_, i) => `fragment F${i + 1} on Q { ...F${i} ...F${i} }`).join(' ')} fragment F0 on Q { title }`,
      },
    ],
  ])('%s', (_, body) => {
    expect(costOf(body)).toBe(FAILED);
  });
});
