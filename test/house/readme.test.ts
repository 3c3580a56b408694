import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { answered, forwarded, gateOf } from '../../packages/headgate/test/gate-of.ts';
import { root } from './temporary.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');
}

describe('the README', () => {
  it.each(blocks('js'))('has code that runs as it stands, where a reader would try it: %#', (code) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const printed = code.includes('console.log')
      ? /allowed: true,\s+limit: 'limit',\s+remaining: 99,\s+retryAfterMs: 0/
      : /^$/;
    expect(stdout).toMatch(printed);
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
