import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';

/** The number under which this process has a file open. Linux tells. */
export function descriptorOf(file: string): number {
  for (const fd of readdirSync('/proc/self/fd')) if (targetOf(fd) === file) return Number(fd);
  throw new Error(`${file} is not open`);
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // The folder itself, which is closed again.
  }
}

/**
 * Puts another file in the place of an open one, behind the back of whoever has it open: the system then refuses what that one
 * cannot do, by itself. A free number is given to the next file, the lowest first.
 */
export function swap(fd: number, path: string, flags: string): void {
  // All lower numbers must be in use.
  while (openSync('/dev/null', 'r') < fd);
  closeSync(fd);
  const got = openSync(path, flags);
  if (got !== fd) throw new Error(`expected descriptor ${fd}, got ${got}`);
}

/** Takes every descriptor that this process may have; returns how to give them back. */
export function exhaust(): () => void {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EMFILE')) throw error;
  }
  return () => taken.splice(0).forEach((fd) => closeSync(fd));
}
