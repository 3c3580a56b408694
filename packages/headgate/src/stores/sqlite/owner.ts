import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/*
 * The lock on the file is what keeps a second process out, and the system takes it back when its holder dies, however it
 * dies. Beside it stands only a note of who holds it, for whoever is refused.
 */

const noteOf = (file: string): string => `${file}-owner`;

export function writeOwner(file: string, nowMs: number): void {
  const since = new Date(nowMs).toISOString();
  writeFileSync(noteOf(file), `process ${process.pid} on ${hostname()}, since ${since}\n`);
}

/** Who wrote last that the file is theirs. It may be just being written, or gone. */
export function readOwner(file: string): string {
  try {
    return readFileSync(noteOf(file), 'utf8').trim() || 'another process';
  } catch {
    return 'another process';
  }
}

export function forgetOwner(file: string): void {
  rmSync(noteOf(file), { force: true });
}
