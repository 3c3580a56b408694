import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../src/policy/index.ts';
import { wholePolicy } from '../../src/policy/reference/examples.ts';

const GUIDE = readFileSync(new URL('../../../../docs/policy/held.md', import.meta.url), 'utf8');
const POLICIES = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);

describe('the guide to what is held', () => {
  it('has policies', () => {
    expect(POLICIES.length).toBeGreaterThan(5);
  });

  it.each(POLICIES.map((text) => [text.split('\n')[1], text]))('loads: %s', (_, text) => {
    // Who has which attribute is not the guide's business.
    const problems = checkPolicy(wholePolicy(text)).filter(({ code }) => code !== 'WARN_POLICY_ATTRIBUTE');
    expect(problems).toEqual([]);
  });
});
