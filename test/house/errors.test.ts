import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ADAPTER_ERRORS, ADAPTER_WARNINGS } from '../../packages/headgate/src/adapters/kit/faults.ts';
import { CLIENT_ERRORS } from '../../packages/headgate/src/client/fetch/errors.ts';
import { ERRORS, HeadgateError } from '../../packages/headgate/src/core/errors.ts';
import { HTTP_ERRORS } from '../../packages/headgate/src/http/faults.ts';
import { POLICY_ERRORS } from '../../packages/headgate/src/policy/errors.ts';
import { PLAN_ERRORS } from '../../packages/headgate/src/profile/faults.ts';
import { errorsPage } from '../../scripts/errors.mjs';
import frozen from './codes.json' with { type: 'json' };
import { root } from './temporary.ts';

const catalogues = {
  core: ERRORS,
  profile: PLAN_ERRORS,
  policy: POLICY_ERRORS,
  http: HTTP_ERRORS,
  adapters: ADAPTER_ERRORS,
  client: CLIENT_ERRORS,
};
const warnings = Object.entries(ADAPTER_WARNINGS).map(([code, { is }]) => [code, is] as const);
const codes: readonly (readonly [string, string])[] = [
  ...Object.values(catalogues).flatMap((one) => Object.entries(one)),
  ...warnings,
];

/** Codes that were used once and stand for nothing any more. They stay here for ever, and in the list of what they meant. */
const RETIRED: ReadonlySet<string> = new Set(['ERR_PLAN_LAYOUT', 'ERR_POLICY_NOT_BUILT']);

/** `ERR_POLICY` is raised beside its catalogue; `ERR_CLOCK` is for a clock that is none, of which no store tells yet. */
const ELSEWHERE: ReadonlySet<string> = new Set(['ERR_POLICY', 'ERR_CLOCK']);

/** Codes of Node and of undici that the code looks for. */
const FOREIGN =
  /^ERR_(?:BODY_TIMEOUT|BUFFER_TOO_LARGE|CONNECT_TIMEOUT|HEADERS_TIMEOUT|HTTP_REQUEST_TIMEOUT|SCRIPT_EXECUTION_TIMEOUT|PARSE_ARGS_\w+|SOCKET)$/;

const sources = globSync('packages/*/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.test(?:-d)?\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const isCatalogue = (file: string): boolean => /\/(?:errors|faults)\.ts$/.test(file);

describe('the codes', () => {
  test('are each in one catalogue', () => {
    const names = codes.map(([code]) => code);
    expect(names.filter((code, i) => names.indexOf(code) !== i)).toEqual([]);
  });

  test('that the code raises or tells are all in a catalogue', () => {
    const known = new Set(codes.map(([code]) => code));
    const used = sources.flatMap(({ text }) =>
      [...text.matchAll(/(?<=['"`])(?:ERR|WARN)_[A-Z_]+/g)].map(([code]) => code),
    );
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((code) => !known.has(code) && !FOREIGN.test(code))).toEqual([]);
  });

  test.each(codes.filter(([code]) => !ELSEWHERE.has(code)))('%s is raised or told somewhere', (code) => {
    expect(sources.filter(({ file, text }) => !isCatalogue(file) && text.includes(`'${code}'`))).not.toEqual([]);
  });

  test('mean what they have always meant: one that is gone is never used for something else', () => {
    const known: Readonly<Record<string, string>> = frozen;
    const now = Object.fromEntries(codes);
    expect(codes.filter(([code, is]) => known[code] !== is)).toEqual([]);
    expect(Object.keys(known).filter((code) => now[code] === undefined && !RETIRED.has(code))).toEqual([]);
    expect([...RETIRED].filter((code) => now[code] !== undefined || known[code] === undefined)).toEqual([]);
  });

  test('are the beginning of their message, and its `code`', () => {
    const error = new HeadgateError('ERR_COST', 'cost: expected a number');
    expect([error.code, error.message]).toEqual(['ERR_COST', 'ERR_COST: cost: expected a number']);
  });

  test('are all on the page that is made of them', () => {
    const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{2,}/g, '---');
    expect(plain(page)).toBe(plain(errorsPage(catalogues, ADAPTER_WARNINGS)));
    for (const [code, is] of codes)
      expect(page).toMatch(new RegExp(`\\| \`${code}\` +\\| .*${is.slice(1, 20).replaceAll(/[^\w ]/g, '.')}`, 'i'));
  });
});
