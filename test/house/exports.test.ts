import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { entries } from './stranger.ts';
import { root } from './temporary.ts';

/** The names that a declaration file exports, with those of the files that it passes on whole. */
function namesIn(file: string): readonly string[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const exported = module.staticExports.flatMap((statement) => statement.entries);
  return exported.flatMap(({ exportName, moduleRequest }) => {
    if (exportName.name !== null) return [exportName.name];
    return namesIn(join(dirname(file), moduleRequest?.value.replace(/\.[jt]s$/, '.d.ts') ?? ''));
  });
}

async function lines({ name, types, code }: (typeof entries)[number]): Promise<readonly string[]> {
  const built = join(root, 'packages/headgate');
  const values = new Set(Object.keys((await import(join(built, code))) as object));
  const names = [...new Set([...namesIn(join(built, types)), ...values])].toSorted();
  return names.map((exported) => `${name} ${values.has(exported) ? 'value' : 'type '} ${exported}`);
}

// What is taken away or renamed here breaks somebody's program: docs/versioning.md says when that may happen.
test('every entry exports what it did, and nothing that was not meant', async () => {
  const listed = (await Promise.all(entries.map(lines))).flat();
  await expect(`${listed.join('\n')}\n`).toMatchFileSnapshot('./exports.txt');
});
