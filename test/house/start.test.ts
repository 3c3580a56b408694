import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { root } from './temporary.ts';

test('npm start leaves nobody behind when npm is told to end, and its shell dies of that', async () => {
  // As npm starts it: in a shell that stays between, and that passes no signal on.
  const shell = spawn('sh', ['-c', `"${process.execPath}" scripts/run.mjs start; :`], { cwd: root });
  // Whoever is left holds it open.
  const closed = once(shell.stdout, 'close');
  await new Promise<void>((resolve) => {
    let shown = '';
    shell.stdout.on('data', (chunk) => {
      shown += String(chunk);
      if (shown.includes('Ctrl-C')) resolve();
    });
  });
  shell.kill('SIGTERM');
  expect(await once(shell, 'exit')).toEqual([null, 'SIGTERM']);
  await closed;
});
