import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { answered, forwarded, gateOf } from '../../packages/headgate/test/gate-of.ts';
import { root } from './temporary.ts';

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

function blocks(language: string, page = 'README.md'): readonly string[] {
  return [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text]) => text ?? '',
  );
}

function run(code: string): { status: number | null; stdout: string; stderr: string } {
  const how = { cwd: root, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], how);
  return { status, stdout, stderr };
}

describe('the pages on the library', () => {
  // They hold themselves to what they say: what is not so, they throw.
  it.each(blocks('js', 'docs/held.md'))('docs/held.md has code that runs, and comes to what is said: %#', (code) => {
    expect(run(code)).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('the README', () => {
  it.each(blocks('js'))('has code that runs as it stands, where a reader would try it: %#', (code) => {
    const printed = code.includes('console.log')
      ? /allowed: true,\s+limit: 'limit',\s+remaining: 99,\s+retryAfterMs: 0/
      : /^$/;
    expect(run(code)).toEqual({ status: 0, stdout: expect.stringMatching(printed) as string, stderr: '' });
  });

  it('shows a policy that loads', () => {
    const [policy] = blocks('yaml');
    expect(parsePolicy(policy!).limits.map(({ name }) => name)).toEqual(['hour', 'endpoint']);
  });

  it('shows what comes of it, to the letter', () => {
    const gate = gateOf(blocks('yaml')[0]?.replace('headgate: 1\n', '') ?? '');
    gate.clock.nowMs = Date.UTC(2026, 3, 11, 13);
    const asked = Array.from({ length: 100 }, () => forwarded(gate.ask({ target: '/files' })));
    gate.clock.nowMs += 25_750;
    const refused = answered(gate.ask({ target: '/files' }));
    const shown = blocks('http')[0] ?? '';
    for (const fields of [asked.at(-1)?.settle(200) ?? [], refused.fields]) {
      const told = Array.from({ length: fields.length / 2 }, (_, i) => `${fields[2 * i]}: ${fields[2 * i + 1]}`);
      for (const line of told.filter((field) => /^(X-RateLimit|Retry)/.test(field))) expect(shown).toContain(line);
    }
    expect(shown).toContain('Retry-After: 38');
    expect(shown).toContain(refused.body);
  });
});
