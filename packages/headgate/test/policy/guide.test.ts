import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../src/policy/index.ts';
import { wholePolicy } from '../../src/policy/reference/examples.ts';

const policiesIn = (guide: string): readonly string[] => {
  const text = readFileSync(new URL(`../../../../docs/policy/${guide}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, policy = '']) => policy);
};

describe.each([
  ['what is held', policiesIn('held')],
  ['what happens past the limit', policiesIn('past')],
])('the guide to %s', (__, POLICIES) => {
  it('has policies', () => {
    expect(POLICIES.length).toBeGreaterThan(5);
  });

  it.each(POLICIES.map((text) => [text.split('\n')[1], text]))('loads: %s', (_, text) => {
    // Who has which attribute is not the guide's business.
    const problems = checkPolicy(wholePolicy(text)).filter(({ code }) => code !== 'WARN_POLICY_ATTRIBUTE');
    expect(problems).toEqual([]);
  });
});
