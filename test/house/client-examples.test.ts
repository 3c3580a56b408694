import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { root } from './temporary.ts';

const run = promisify(execFile);

describe('the example of the client', () => {
  test.each(['claid', 'vetigen', 'aionvision', 'neolens', 'deepcreative'])(
    'does its work through a gateway with the policy of %s, and is refused nothing',
    async (name) => {
      const { stdout } = await run(process.execPath, ['examples/client.mjs', name], { cwd: root, timeout: 50_000 });
      expect(stdout).toMatch(new RegExp(`^${name}: 16 of 16 done in [\\d.]+ s, 0 refused\\n {2}\\S`));
    },
  );
});
