import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFor } from '../../src/http/respond/format.ts';
import { PLACEHOLDERS } from '../../src/http/respond/placeholders.ts';
import { compileAnswers } from '../../src/http/respond/answer.ts';
import { compileBlocks } from '../../src/http/respond/blocks.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { formatsOf, PLACEHOLDER_NAMES } from '../../src/policy/read/placeholders.ts';
import { examples, wholePolicy } from '../../src/policy/reference/examples.ts';
import { createPlanner } from '../../src/profile/index.ts';

const built = examples();

describe('what the language accepts, the rest can carry out', () => {
  it.each(built.map(({ of, example }) => [of, example]))('%s', (_, example) => {
    const policy = parsePolicy(wholePolicy(example));
    expect(createPlanner(policy)).toBeDefined();
    expect(compileAnswers(policy.respond, compileBlocks(policy.respond.headers))).toBeDefined();
  });

  it('the placeholders of the language are those that are written, in every format', () => {
    expect(PLACEHOLDER_NAMES.toSorted()).toEqual(Object.keys(PLACEHOLDERS).toSorted());
    const missing = PLACEHOLDER_NAMES.flatMap((name) =>
      (formatsOf(name) ?? []).filter(
        (format) => formatFor(PLACEHOLDERS[name]?.quantity ?? 'count', format) === undefined,
      ),
    );
    expect(missing).toEqual([]);
  });

  it('vetigen.yaml', () => {
    const policy = parsePolicy(readFileSync(new URL('../../../../policies/vetigen.yaml', import.meta.url)));
    expect(createPlanner(policy)).toBeDefined();
  });
});
