import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const FILES = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'packages/*/test/**/half.ts',
  'test/**/*.test.ts',
];
/** Whose claims are tests of every store. */
const CONTRACT = ['packages/headgate/src/testing/contract/*.ts'];

/** A test's name after `it(`, and whatever stands between; or a claim's. Both in any quotes. */
const TEST = /\b(?:it|test)(?:\.[a-zA-Z]+(?:\((?:[^()]|\([^()]*\))*\))?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/g;
const CLAIM = /\bname: (['"`])((?:\\.|(?!\1)[^\\])+)\1/g;

/** The names of all tests, of the files as they stand. Of a name that is made of parts, each part. */
export function testNames(): ReadonlySet<string> {
  return new Set([...namesIn(FILES, TEST), ...namesIn(CONTRACT, CLAIM)]);
}

function namesIn(globs: readonly string[], pattern: RegExp): string[] {
  return globs
    .flatMap((glob) => globSync(glob, { cwd: root, exclude: (path) => path.includes('node_modules') }))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(pattern)].map(([, , name = '']) => name))
    .flatMap((name) => name.split(/\$\{[^}]*\}/).map((part) => part.replaceAll("\\'", "'").trim()));
}
