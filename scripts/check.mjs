// npm run check: all that can be said about the tree without running its tests. Every step runs, whichever failed before.
import { spawnSync } from 'node:child_process';

const steps = {
  types: 'tsc -b',
  format: 'oxfmt --check',
  lint: 'oxlint --deny-warnings',
  layers: 'vitest run test/house/layers.test.ts',
  unused: 'knip',
  package: 'publint packages/headgate --strict',
  'package types': 'attw --pack packages/headgate --ignore-rules cjs-resolves-to-esm',
  'server package': 'publint packages/server --strict',
  lock: 'node scripts/lock.mjs',
};

const failed = Object.entries(steps).filter(([name, command]) => {
  const startMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, { shell: true, encoding: 'utf8' });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
  if (status !== 0) process.stdout.write(`     ${command}\n${stdout}${stderr}\n`);
  return status !== 0;
});

process.exitCode = failed.length > 0 ? 1 : 0;
