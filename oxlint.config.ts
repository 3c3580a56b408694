import { defineConfig, type OxlintOverride } from 'oxlint';
import { isEntry, type Layer, layers } from './layers.config.ts';

const library = 'packages/headgate/src';
const tests = ['**/*.test.ts', '**/*.test-d.ts'];

/** `../gate/**`, `../../gate/**`, …: a path to a layer from as deep as folders go; an entry is not in a folder. */
const reach = (name: string, path: string, not = ''): string[] =>
  (isEntry(name) ? ['./'] : ['../', '../../', '../../../', '../../../../']).map((up) => not + up + path);

/**
 * What may be imported, as patterns read in turn like those of a .gitignore: no package but the listed ones, then no
 * other layer but the listed ones, each at its index.ts. One list, because a name that one list lets in is let in.
 */
const onlyListed = (name: string, layer: Layer): object => ({
  group: [
    '**',
    '!./**',
    '!../**',
    ...layer.packages.map((allowed) => `!${allowed}`),
    ...Object.keys(layers).flatMap((other) => (other === name || isEntry(other) ? [] : reach(name, `${other}/**`))),
    ...layer.layers.flatMap((other) => reach(name, `${other}/index.ts`, '!')),
  ],
  message: `${name} imports ${[...layer.layers, ...layer.packages].join(', ') || 'only itself'} (layers.config.ts)`,
});

const impure: OxlintOverride['rules'] = {
  'no-restricted-globals': ['error', { name: 'Date', message: 'Time is an argument here: take nowMs.' }],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Chance is an argument here.' }],
};

/** Rules that only say that a plain JavaScript file has no types. */
const untyped = Object.fromEntries(
  ['argument', 'assignment', 'call', 'member-access', 'return'].map((use) => [`typescript/no-unsafe-${use}`, 'off']),
) as Record<string, 'off'>;

const layered = Object.entries(layers).map(([name, layer]): OxlintOverride => ({
  files: [`${library}/${name}`, `${library}/${name}/**`],
  excludeFiles: tests,
  rules: {
    'no-restricted-imports': ['error', { patterns: [onlyListed(name, layer)] }],
    ...(layer.pure && impure),
  },
}));

/** Programs that a file is tried with: each step waits for the one before it. */
const stories = 'packages/headgate/test/{leases,sqlite,redis}/**';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'vitest'],
  options: { typeAware: true },
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['**/dist/**', 'coverage/**'],
  rules: {
    eqeqeq: 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': ['error', { allow: ['reflect-metadata'] }], // Which decorators keep their notes in.
    'import/no-named-as-default-member': 'off', // `fc.integer()` is how fast-check is read.
    'no-underscore-dangle': 'off', // Names that packages chose.
    'no-var': 'error',
    'prefer-const': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'oxc/no-map-spread': 'off', // A copy is what is meant.
    'unicorn/consistent-function-scoping': 'off', // A helper may stand beside its one user.
    'typescript/no-unsafe-type-assertion': 'off', // A cast carries a comment that says why; that is for the reader to judge.
    'unicorn/no-new-array': 'off', // A table sized once is what the hot path wants.
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
  },
  overrides: [
    ...layered,
    {
      files: ['packages/server/src/**'],
      excludeFiles: tests,
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: [
                  '**/headgate/src/**',
                  'headgate/*',
                  '!headgate/policy',
                  '!headgate/http',
                  '!headgate/sqlite',
                  '!headgate/redis',
                  '!headgate/leases',
                ],
              },
            ],
          },
        ],
      },
    },
    {
      // Tables of numbers are read at places that the code computed: a test of each would cost what the table saves.
      files: [
        ...['core', 'stores', 'gate', 'held', 'testing'].map((layer) => `${library}/${layer}/**`),
        'packages/headgate/test/client/**',
        'packages/headgate/test/simulator/**',
        ...tests,
        stories,
      ],
      rules: { 'typescript/no-non-null-assertion': 'off' },
    },
    // The compiler knows which packages have a default, also under another name; of those written as CommonJS lint does not.
    {
      files: [...tests, 'packages/*/test/**'],
      rules: { 'import/default': 'off', 'oxc/no-async-endpoint-handlers': 'off' },
    },
    // A claim about a store is a story: each step waits for the one before it.
    { files: [`${library}/testing/contract/**`, stories], rules: { 'no-await-in-loop': 'off' } },
    {
      // A module of Nest's is an empty class, and what it is stands in its decorator; so is a page of handlers in a test.
      files: ['packages/headgate/src/adapters/nest/**', 'examples/**', '**/test/**'],
      rules: { 'typescript/no-extraneous-class': 'off' },
    },
    // An attempt follows another, a chunk its chunk; and a body may be sent again by any method that had one.
    {
      files: [`${library}/client/**`, `${library}/client-socket/**`, 'packages/headgate/test/client/**'],
      rules: { 'no-await-in-loop': 'off', 'unicorn/no-invalid-fetch-options': 'off' },
    },
    // Configuration is read by tools that ask for a default export.
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    // Plain JavaScript starts the project before any type is compiled.
    { files: ['**/*.mjs'], rules: untyped },
    // This one must parse on a Node too old for the node: prefix.
    { files: ['packages/server/bin/*.mjs'], rules: { 'unicorn/prefer-node-protocol': 'off' } },
  ],
});
