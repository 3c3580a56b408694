import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPolicy, lineOf, policyJsonSchema } from '../index.ts';
import { examples, wholePolicy } from './examples.ts';
import { reference } from './reference.ts';

const published = (path: string): string => readFileSync(new URL(`../../../../../${path}`, import.meta.url), 'utf8');

describe('the reference', () => {
  it('is what the schema says now (npm run docs)', () => {
    expect(published('docs/policy/reference.md') === reference()).toBe(true);
  });

  it('has a JSON Schema beside it that is what the schema says now (npm run docs)', () => {
    expect(JSON.parse(published('packages/headgate/policy.schema.json'))).toEqual(policyJsonSchema);
  });

  const all = examples();

  it('has examples of every word', () => {
    expect(all.length).toBeGreaterThan(60);
  });

  it.each(all.map((one) => [one.of, one.example]))('loads its example of %s', (_, example) => {
    expect(checkPolicy(wholePolicy(example)).map((problem) => lineOf(problem))).toEqual([]);
  });
});
