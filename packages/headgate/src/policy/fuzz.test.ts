import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy, compilePolicy, lineOf, parsePolicy, PolicyError } from './index.ts';
import { examples, wholePolicy } from './reference/examples.ts';

const RUNS = 400;
const VETIGEN = readFileSync(new URL('../../../../policies/vetigen.yaml', import.meta.url), 'utf8');
const SEEDS = [VETIGEN, ...examples().map(({ example }) => wholePolicy(example))];

/** Pieces that mean something to YAML, to the language, to CEL, to templates or to whoever prints them. */
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  ',',
  '"',
  "'",
  '|\n',
  '>\n',
  '#',
  '&a ',
  '*a',
  '!!int ',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '? ',
  '\n',
  '\n  ',
  '\t',
  '<<: ',
  'null',
  '~',
  'true',
  '.inf',
  '.nan',
  '-0',
  '1e999',
  '0x10',
  '9007199254740993',
  '{{',
  '{=',
  '{retryAt:iso}',
  '{= {"a": 1}["a"] }',
  '((((',
  '1/0',
  '%',
  '\\u0000',
  '__proto__',
  'constructor',
  'else',
  'by: ',
  'cases: ',
  'use: ',
  'set: ',
  'unlimited',
  'none',
  'custom(',
  '$5',
  '/day',
  '/24h',
  '/**',
  ':id',
  'sha256:',
  '\u2028',
  '\u0085',
  '😀',
  'limits: ',
  'respond: ',
];

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(4000),
  cut: fc.oneof(fc.constant(0), fc.nat(12)),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 6 }), fc.constant('')),
});

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { at, cut, put }) => {
    const here = at % (now.length + 1);
    return now.slice(0, here) + put + now.slice(here + cut);
  }, text);
}

/** Either a policy, or a PolicyError whose every problem stands somewhere in the text. */
function expectJudged(text: string): void {
  const problems = checkPolicy(text, { file: 'f.yaml' });
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.column).toBeGreaterThan(0);
    expect(lineOf(problem)).not.toMatch(/\p{Cc}/u);
  }
  expect(problemsThrown(() => parsePolicy(text))).toBe(errors.length);
}

/** How many problems were thrown; anything but a PolicyError goes on. */
function problemsThrown(run: () => unknown): number {
  try {
    run();
    return 0;
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.length;
    throw error;
  }
}

describe('whatever the text', () => {
  it('a policy with a few edits is loaded or refused, and nothing else', () => {
    const texts = fc.tuple(fc.constantFrom(...SEEDS), fc.array(edit, { minLength: 1, maxLength: 6 }));
    const judged = fc.property(texts, ([seed, edits]) => expectJudged(edited(seed, edits)));
    expect(fc.check(judged, { numRuns: RUNS })).toMatchObject({ failed: false });
  });

  it('a heap of pieces is loaded or refused, and nothing else', () => {
    const heap = fc
      .array(fc.constantFrom(...PIECES), { maxLength: 60 })
      .map((pieces) => `headgate: 1\n${pieces.join('')}`);
    fc.assert(fc.property(heap, expectJudged), { numRuns: RUNS });
  });

  it('any data under any word is loaded or refused, and nothing else', () => {
    const words = [
      'name',
      'calendar',
      'identify',
      'unidentified',
      'address',
      'derive',
      'plans',
      'operations',
      'require',
      'limits',
      'overrides',
      'respond',
    ];
    const inner = [
      'rate',
      'quota',
      'size',
      'per',
      'on',
      'cost',
      'past',
      'by',
      'cases',
      'else',
      'match',
      'header',
      'find',
      'keys',
      'of',
      'fields',
      'body',
      'for',
      'from',
      'limits',
    ];
    const data = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(...PIECES),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...inner), tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...words),
          fc.oneof(data, fc.dictionary(fc.constantFrom('a', 'key', ...inner), data)),
          { maxKeys: 4 },
        ),
        (policy) => {
          expect(problemsThrown(() => compilePolicy({ headgate: 1, ...policy }))).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('bytes are loaded or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(checkPolicy(bytes).length).toBeGreaterThan(0);
      }),
      { numRuns: RUNS },
    );
  });

  const MAX = 256 * 1024;
  const lines = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  const filled = (piece: string, head = 'headgate: 1\nx: '): string =>
    head + piece.repeat(Math.floor((MAX - head.length) / piece.length));

  it.each([
    ['opening brackets', filled('[')],
    ['opening braces', filled('{a: ')],
    ['nested items', filled('- ', 'x:\n')],
    ['explicit keys', filled('? ')],
    ['anchors', filled('&a ')],
    ['tags', filled('!a ')],
    ['colons', filled(': ')],
    ['quotes', filled('"\\x')],
    ['documents', filled('---\n', 'headgate: 1\n')],
    ['tables in tables', `headgate: 1\nlimits: { a: { rate: ${'{ by: x, y: '.repeat(25)}1/s${' }'.repeat(25)} } }`],
    ['a brace after a brace', `headgate: 1\nrespond: { exceeded: { body: "${'{= '.repeat(50_000)}" } }`],
    ['an expression of brackets', `headgate: 1\nlimits: { a: { rate: 1/s, when: "${'('.repeat(100_000)}" } }`],
    ['a long word', `headgate: 1\n${'x'.repeat(200_000)}: 1`],
    ['many unknown words', `headgate: 1\n${Array.from({ length: 20_000 }, (_, i) => `w${i}: 1`).join('\n')}`],
    [
      'many limits that name one another',
      `headgate: 1\nlimits:\n${Array.from({ length: 4000 }, (_, i) => `  a${i}: { rate: 1/s, replaces: a${(i * 7) % 4000} }`).join('\n')}`,
    ],
    [
      'many operations',
      `headgate: 1\noperations:\n${Array.from({ length: 4000 }, (_, i) => `  a${i}: { match: GET /x${i}/:id }`).join('\n')}`,
    ],
    [
      'many limits that nobody knows',
      `headgate: 1\nlimits:\n${lines(2500, (i) => `  a${i}${'x'.repeat(48)}: { rate: 1/s, replaces: b${i}${'y'.repeat(30)} }`)}`,
    ],
    [
      'many limits on many operations',
      `headgate: 1\noperations:\n${lines(1500, (i) => `  a${i}: { match: GET /x${i}, tags: [t] }`)}\nlimits:\n${lines(3500, (i) => `  l${i}: { rate: 1/s, on: [t] }`)}`,
    ],
    [
      'many expressions',
      `headgate: 1\nlimits:\n${lines(5000, (i) => `  a${i}: { rate: 1/s, when: facts.x${i} > ${i} }`)}`,
    ],
    [
      'many windows',
      `headgate: 1\nlimits: { a: { rate: [${Array.from({ length: 25_000 }, (_, i) => `1/${i + 1}s`).join(',')}] } }`,
    ],
    [
      'many parts',
      `headgate: 1\nlimits: { a: { rate: 1/s, per: [${Array.from({ length: 25_000 }, (_, i) => `a${i}`).join(',')}] } }`,
    ],
    ['many placeholders', `headgate: 1\nrespond: { exceeded: { body: "${'{limit}'.repeat(30_000)}" } }`],
    ['many sources', `headgate: 1\nidentify:\n${lines(5000, (i) => `  a${i}: { header: X-${i}, find: any }`)}`],
    [
      'many attributes nobody has',
      `headgate: 1\nlimits:\n${lines(6000, (i) => `  a${i}: { rate: 1/s, per: acount${i} }`)}`,
    ],
    [
      'many tables that miss many plans',
      `headgate: 1\nplans: [${Array.from({ length: 1000 }, (_, i) => `p${i}`).join(', ')}]\nlimits:\n${lines(5000, (i) => `  a${i}: { rate: { q${i}: 1/s } }`)}`,
    ],
    ['aliases of a large list', `headgate: 1\nx: &x [${'1,'.repeat(10_000)}]\ny: [${'*x,'.repeat(90)}]`],
    [
      'many overrides of one weight',
      `headgate: 1\nlimits: { a: { rate: 1/s } }\noverrides:\n${Array.from({ length: 2000 }, (_, i) => `- { for: { key: k${i} }, lift: a, from: 2026-01-01, reason: r, by: b }`).join('\n')}`,
    ],
  ])('%s are refused or loaded without a fault', (_, text) => {
    expect(Array.isArray(checkPolicy(text))).toBe(true);
  });
});
