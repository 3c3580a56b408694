// A lock that names a host installs from that host alone, on everybody's machine. Ours name versions and hashes.
import { existsSync, readFileSync } from 'node:fs';

for (const lock of ['package-lock.json', 'bench/package-lock.json', 'test/runtimes/package-lock.json']) {
  if (!existsSync(lock)) continue;
  const { packages } = JSON.parse(readFileSync(lock, 'utf8'));
  const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));
  const wrong = installed.filter(
    ([, entry]) => !entry.link && (/^\w+:/.test(entry.resolved ?? '') || !entry.integrity),
  );
  for (const [path] of wrong) process.stderr.write(`${lock}: ${path} names a host, or has no hash\n`);
  if (installed.length === 0) process.stderr.write(`${lock}: no packages read\n`);
  if (wrong.length > 0 || installed.length === 0) process.exitCode = 1;
}
