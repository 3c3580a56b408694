import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import library from '../../packages/headgate/package.json' with { type: 'json' };
import { root } from './temporary.ts';

const entries = Object.entries(library.exports).flatMap(([entry, target]) =>
  typeof target === 'string' ? [] : [{ entry, types: target.types }],
);

// Every other test runs against sources. Here plain Node loads, by its published name, what people install.
test.each(entries)('$entry loads as published', ({ entry }) => {
  const program = `await import('${entry.replace('.', 'headgate')}')`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(entries)('$entry has its types', ({ types }) => {
  expect(existsSync(join(root, 'packages/headgate', types))).toBe(true);
});
