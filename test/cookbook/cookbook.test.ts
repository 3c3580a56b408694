import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../packages/headgate/src/policy/index.ts';
import { play } from './play.ts';
import { pages, rulesOf, textOf } from './rules.ts';
import { readTrace } from './script.ts';

const RULES = pages().flatMap(rulesOf);
const NAMED = RULES.map((rule) => [`${rule.page}: ${rule.name}`, rule] as const);

describe('the cookbook', () => {
  it.each(NAMED)('%s: the figures come out as they are published', async (_, { policy, trace }) => {
    expect(await play(policy, trace)).toBeUndefined();
  });

  it.each(NAMED)('%s: nothing in the policy is wrong', (_, { policy }) => {
    // Who has which attribute is told by the API's own directory, and keys that are shown are meant to be read.
    const quiet = new Set(['WARN_POLICY_ATTRIBUTE', 'WARN_POLICY_KEY']);
    const problems = checkPolicy(policy).filter(({ code }) => !quiet.has(code));
    expect(problems.map((problem) => lineOf(problem))).toEqual([]);
  });

  it.each(NAMED)('%s: cites where it is published, and shows a refusal and what passes beside it', (_, rule) => {
    expect(rule.source, 'a line "_Source: [title](https://…), owner, date_"').toMatch(/\d{4}-\d\d-\d\d$/);
    const seen = readTrace(rule.trace).flatMap((step) =>
      step.is === 'time' ? [] : [[step.expects.status, step.api.status]],
    );
    expect(seen.some(([status = 0, api]) => status > 0 && status !== api)).toBe(true);
    expect(seen.some(([status, api]) => status === undefined || status === api)).toBe(true);
  });

  it('has rules of at least forty APIs', () => {
    expect(new Set(RULES.map(({ name }) => name.split(':')[0])).size).toBeGreaterThanOrEqual(40);
  });

  it('has an index that names every page, and every rule', () => {
    const index = textOf('README.md');
    expect(pages().filter((page) => !index.includes(`](${page})`))).toEqual([]);
    expect(RULES.filter(({ name }) => !index.includes(name.split(':')[0] ?? name)).map(({ name }) => name)).toEqual([]);
  });
});
