import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf, parsePolicy } from '../../src/policy/index.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Pages of rate limits, written in the whole language. */
const PAGES = ['aionvision', 'github', 'binance', 'eve-esi', 'model-api'];

describe('a published page', () => {
  it('of Vetigen loads, without a doubt', () => {
    const text = read('../../../../policies/vetigen.yaml');
    expect(checkPolicy(text)).toEqual([]);
    expect(parsePolicy(text).limits.map(({ name }) => name)).toEqual(['key', 'endpoint', 'burst']);
  });

  it.each(PAGES)(
    'of %s loads, and what is doubtful is who has which attribute, and what the program brings',
    (name) => {
      const problems = checkPolicy(read(`pages/${name}.yaml`), { readFile: (file) => read(`pages/${file}`) });
      const known = new Set(['WARN_POLICY_ATTRIBUTE', 'WARN_POLICY_FINDER', 'WARN_POLICY_HOST']);
      expect(problems.filter(({ code }) => !known.has(code)).map((problem) => lineOf(problem))).toEqual([]);
    },
  );
});
