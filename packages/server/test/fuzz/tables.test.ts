/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy, PolicyError } from 'headgate/policy';
import { limitsTable } from '../../src/cli/limits-table.ts';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';

const FOLDER = new URL('../../../../policies/', import.meta.url);
const POLICIES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));
const PIECES = [
  '1', '0', '9', '1000/hour', '1/1h', '10/10s', '5/month', 'unlimited', 'none', 'custom(1/s)', 'fixed', 'sliding', 'bucket', 'key', 'account', 'address', 'operation', 'true', 'false',
  'else', 'by', '{', '}', '[', ']', ',', ': ', '"', "'", '\n', '\n  ', '|', '\u00e4', '\u4e16', '\u001b[2J', '\u0000', '\t', '😀', 'x'.repeat(200),
]; // prettier-ignore
const edits = fc.array(fc.record({ at: fc.nat(6000), cut: fc.nat(10), put: pieces(PIECES, 2) }), {
  minLength: 1,
  maxLength: 5,
});

function edited(text: string, all: readonly { at: number; cut: number; put: string }[]): string {
  return all.reduce((now, { at, cut, put }) => {
    const here = at % (now.length + 1);
    return now.slice(0, here) + put + now.slice(here + cut);
  }, text);
}

describe('whatever the policy', () => {
  it(
    'its table has a line for each limit, and nothing that a terminal would obey',
    () =>
      fuzz(
        fc.record({ policy: fc.constantFrom(...POLICIES), edits }),
        [
          {
            policy: 'headgate: 1\nlimits: { "a\\u001b[2J\\nb": { label: "c\\u001b\\nd", rate: 1/s } }\n',
            edits: [{ at: 0, cut: 0, put: '' }],
          },
        ],
        ({ policy, edits: all }) => {
          const text = edited(policy, all);
          let compiled: ReturnType<typeof parsePolicy>;
          try {
            compiled = parsePolicy(text);
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyError);
            return;
          }
          for (const plan of [undefined, ...compiled.plans.map(({ name }) => name)]) {
            const table = limitsTable(compiled, plan);
            // oxlint-disable-next-line no-control-regex -- controls are what is looked for
            expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
            expect(table.trimEnd().split('\n').length).toBeGreaterThan(
              Object.keys(compiled.limits).length === 0 ? -1 : 0,
            );
          }
        },
      ),
    LIMIT_MS,
  );
});
