import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from 'headgate/policy';
import { root, temporaryFolder } from './temporary.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');
}

describe('the README', () => {
  it.each(blocks('js'))('has code that runs as it stands: %#', (code) => {
    const file = join(temporaryFolder(), 'readme.mjs');
    // Named by its built file, as a package manager would resolve it.
    writeFileSync(file, code.replace("'headgate'", JSON.stringify(join(root, 'packages/headgate/dist/index.js'))));
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
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
});
