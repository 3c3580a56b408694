import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluate, FAILED, Scope } from '../../profile/index.ts';
import { compileExpression } from './index.ts';

/*
 * Random expressions, evaluated twice: by the CEL library, and by the plain data that the same text compiles to.
 * They must agree on every value and on every failure. Kept out, because the language differs there on purpose:
 * whole numbers past 2^53 and decimals divided by zero (here they fail), and attributes divided by whole numbers
 * (here the quotient is not cut).
 */

const grammar = fc.letrec<Record<'whole' | 'loose' | 'decimal' | 'text' | 'bool' | 'list', string>>((tie) => {
  const maxDepth = 5;
  const deep = (...arbs: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.oneof({ maxDepth, depthIdentifier: 'expression' }, ...arbs);
  const of = (
    build: (...parts: string[]) => string,
    ...names: ('whole' | 'loose' | 'decimal' | 'text' | 'bool' | 'list')[]
  ): fc.Arbitrary<string> => fc.tuple(...names.map((name) => tie(name))).map((parts) => build(...parts));
  const infix = (
    op: string,
    left: 'whole' | 'loose' | 'decimal' | 'text' | 'bool' | 'list',
    right = left,
  ): fc.Arbitrary<string> => of((a, b) => `(${a} ${op} ${b})`, left, right);
  return {
    whole: deep(
      fc.integer({ min: 0, max: 99 }).map(String),
      fc.constantFrom('request.bytes', '-3', 'int("12")', 'int("x")', 'size(request.method)', '(1 / 0)', '(5 % 0)'),
      infix('+', 'whole'),
      infix('-', 'whole'),
      of((a) => `(${a} * 7)`, 'whole'),
      infix('/', 'whole'),
      infix('%', 'whole'),
      of((a) => `(-(${a}))`, 'whole'),
      of((a) => `size(${a})`, 'list'),
      of((a) => `size(${a})`, 'text'),
      of((a) => `int(${a})`, 'decimal'),
      of((a, b) => `${a}.indexOf(${b})`, 'text', 'text'),
      of((a, b, c) => `(${a} ? ${b} : ${c})`, 'bool', 'whole', 'whole'),
    ),
    loose: deep(
      fc.constantFrom(
        'facts.n',
        'account.seats',
        'facts.none',
        'facts.deep.n',
        'facts.deep.none',
        'facts["n"]',
        'facts.list[1]',
        'facts.list[9]',
      ),
      infix('+', 'loose', 'whole'),
      infix('-', 'whole', 'loose'),
      of((a) => `(${a} * 3)`, 'loose'),
      of((a, b, c) => `(${a} ? ${b} : ${c})`, 'bool', 'loose', 'whole'),
    ),
    decimal: deep(
      fc.constantFrom('0.5', '2.25', '-1.5', '100.0', 'facts.d', 'double("1.25")', 'double("x")'),
      infix('+', 'decimal'),
      infix('-', 'decimal'),
      of((a) => `(${a} * 0.5)`, 'decimal'),
      of((a) => `(${a} / 4.0)`, 'decimal'),
      of((a) => `double(${a})`, 'whole'),
    ),
    text: deep(
      fc.constantFrom(
        '""',
        '"a"',
        '"abc"',
        '"GET"',
        '"é😀"',
        'request.method',
        'facts.s',
        'facts.none',
        'request.query.q',
        'request.query.none',
        'request.headers["x-a"]',
      ),
      infix('+', 'text'),
      of((a) => `string(${a})`, 'whole'),
      of((a) => `string(${a})`, 'bool'),
      of((a) => `${a}.lowerAscii()`, 'text').filter((made) => !made.includes('é')),
      of((a) => `${a}.trim()`, 'text'),
      of((a, b) => `${a}.substring(${b})`, 'text', 'whole'),
      of((a, b, c) => `(${a} ? ${b} : ${c})`, 'bool', 'text', 'text'),
    ),
    bool: deep(
      fc.constantFrom(
        'true',
        'false',
        'facts.flag',
        'facts.none',
        'has(facts.s)',
        'has(facts.none)',
        'has(facts.none.deeper)',
        'has(account.seats)',
        'has(request.query.none)',
      ),
      infix('&&', 'bool'),
      infix('||', 'bool'),
      of((a) => `!(${a})`, 'bool'),
      infix('==', 'whole'),
      infix('!=', 'text'),
      infix('==', 'list'),
      infix('==', 'loose', 'whole'),
      infix('<', 'whole'),
      infix('<=', 'decimal'),
      infix('>', 'loose', 'whole'),
      infix('>=', 'text'),
      infix('in', 'whole', 'list'),
      of((a) => `(${a} in request.query)`, 'text'),
      of((a, b) => `${a}.startsWith(${b})`, 'text', 'text'),
      of((a, b) => `${a}.contains(${b})`, 'text', 'text'),
      of((a, b) => `${a}.all(x, x > 1 || ${b})`, 'list', 'bool'),
      of((a, b, c) => `[${a}, ${b}, 1].exists(x, ${c} / x == 2)`, 'whole', 'whole', 'whole'),
      of((a, b) => `[0, ${a}].filter(y, y != ${a}).map(y, y + 1).all(x, 7 / x == ${b})`, 'whole', 'whole'),
      of((a, b) => `${a}.exists_one(x, x == ${b})`, 'list', 'whole'),
    ),
    list: deep(
      fc.constantFrom('[1]', '[0, 1, 2]', '[1, 2, 3, 2]', 'facts.list'),
      of((a, b) => `[${a}, ${b}]`, 'whole', 'whole'),
      infix('+', 'list'),
      of((a, b) => `${a}.filter(x, x > ${b})`, 'list', 'whole'),
      of((a, b) => `${a}.map(x, x + ${b})`, 'list', 'whole'),
      of((a, b) => `${a}.map(x, x != ${b}, x * 2)`, 'list', 'whole'),
    ),
  };
});

const DATA = {
  request: { method: 'GET', path: '/', query: { q: '1', a: 'b' }, headers: { 'x-a': 'A' }, bytes: 2500 },
  facts: { n: 7, d: 2.5, s: 'abc', flag: true, list: [1, 2, 3], deep: { n: 4 } },
  account: { seats: 5 },
};

/** The library’s view of the data: whole numbers are BigInts, and decimals are numbers. */
function forLibrary(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(forLibrary);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, forLibrary(field)]));
}

function fromLibrary(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return value + 0; // −0 is 0
  return Array.isArray(value) ? value.map(fromLibrary) : value;
}

const library = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
library.registerVariable('request', {
  schema: {
    method: 'string',
    path: 'string',
    query: 'map<string, string>',
    headers: 'map<string, string>',
    bytes: 'int',
  },
});
const CONTEXT = forLibrary(DATA) as Record<string, unknown>; // a map stays a map

function byLibrary(written: string): unknown {
  try {
    return fromLibrary(library.evaluate(written, CONTEXT));
  } catch {
    return FAILED;
  }
}

function byUs(written: string): unknown {
  const compiled = compileExpression(written);
  if (!compiled.ok) throw new Error(`${written}: ${compiled.message}`);
  const { request, facts } = DATA;
  return evaluate(
    compiled.expr,
    new Scope({ attributes: { 'account.seats': 5 }, plan: {}, operation: () => undefined, roots: { request, facts } }),
  );
}

const anExpression = fc.oneof(grammar.whole, grammar.loose, grammar.decimal, grammar.text, grammar.bool, grammar.list);

it('an expression is worth what CEL says, and fails where CEL fails', () => {
  let values = 0;
  fc.assert(
    fc.property(anExpression, (written) => {
      // The library cannot type everything it can evaluate: what an empty list holds, for one.
      fc.pre(written.length < 1500 && library.check(written).valid);
      const expected = byLibrary(written);
      if (expected !== FAILED) values++;
      expect([written, byUs(written)]).toEqual([written, expected]);
    }),
    { numRuns: 5000 },
  );
  // Most failures are alike; agreeing on them alone would prove little.
  expect(values).toBeGreaterThan(500);
});
