import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf, parsePolicy } from '../../src/policy/index.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Pages of rate limits, written in the whole language, and what of each this release has still to learn. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  aionvision: [],
  github: [],
  binance: [],
  'eve-esi': [],
  'model-api': [],
};

describe('a published page', () => {
  it('of Vetigen loads, without a doubt', () => {
    const text = read('../../../../policies/vetigen.yaml');
    expect(checkPolicy(text)).toEqual([]);
    expect(parsePolicy(text).limits.map(({ name }) => name)).toEqual(['key', 'endpoint', 'burst']);
  });

  it.each(Object.entries(PAGES))(
    'of %s is refused for what is not built yet, by name, and for nothing else',
    (name, paths) => {
      const problems = checkPolicy(read(`pages/${name}.yaml`), { readFile: (file) => read(`pages/${file}`) });
      const errors = problems.filter(({ severity }) => severity === 'error');
      expect(errors.map((problem) => lineOf(problem).split(': ').slice(0, 2).join(' '))).toEqual(
        paths.map((path) => `ERR_POLICY_NOT_BUILT ${path}`),
      );
      // What is doubtful is only who has which attribute, and what the program around the gate brings.
      const doubts = problems.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
      expect(
        doubts.filter((code) => !['WARN_POLICY_ATTRIBUTE', 'WARN_POLICY_FINDER', 'WARN_POLICY_HOST'].includes(code)),
      ).toEqual([]);
    },
  );
});
