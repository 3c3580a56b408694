import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf } from '../../packages/headgate/src/policy/index.ts';
import { play } from './play.ts';
import { anchorsOf, linksOf, pages, rulesOf, textOf } from './rules.ts';
import { readTrace } from './script.ts';
import type { Step } from './steps.ts';

const RULES = pages().flatMap(rulesOf);
const NAMED = RULES.map((rule) => [`${rule.page}: ${rule.name}`, rule] as const);

/** Whether what a step sends is refused before the API hears of it. */
function outcomeOf(step: Step): 'refused' | 'passed' | undefined {
  if (step.is === 'message') return step.passes ? 'passed' : 'refused';
  if (step.is === 'time' || step.is === 'close') return undefined;
  const { status } = step.expects;
  return status === undefined || status === step.api.status ? 'passed' : 'refused';
}

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
    const outcomes = readTrace(rule.trace).map(outcomeOf);
    expect(outcomes).toContain('refused');
    expect(outcomes).toContain('passed');
  });

  it('has rules of at least eighty APIs', () => {
    expect(new Set(RULES.map(({ name }) => name.split(':')[0])).size).toBeGreaterThanOrEqual(80);
  });

  it('leads to no page or heading that is not there', () => {
    const all = [...pages(), 'README.md'];
    const lost = all.flatMap((page) =>
      linksOf(page)
        .filter(([to, anchor]) => !all.includes(to) || (anchor !== undefined && !anchorsOf(to).includes(anchor)))
        .map(([to, anchor]) => `${page}: ${to}#${anchor ?? ''}`),
    );
    expect(lost).toEqual([]);
  });

  it('has an index that names every page, and every rule', () => {
    const index = textOf('README.md');
    expect(pages().filter((page) => !index.includes(`](${page})`))).toEqual([]);
    expect(RULES.filter(({ name }) => !index.includes(name.split(':')[0] ?? name)).map(({ name }) => name)).toEqual([]);
  });
});
