import { unwatchFile, watchFile } from 'node:fs';

/** How often a file is looked at. Asking again and again works on every file system, through links and renames too. */
const LOOK_MS = 500;
/** A file that changed is read when it has stood still for so long: it may be written in pieces. */
const STILL_MS = 250;

/** Calls `changed` when any of the files has changed and stands still again. Returns how to stop. */
export function watchFiles(files: readonly string[], changed: () => void): () => void {
  let still: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(still);
    still = setTimeout(changed, STILL_MS);
  };
  for (const file of files) watchFile(file, { interval: LOOK_MS, persistent: false }, look);
  return () => {
    clearTimeout(still);
    for (const file of files) unwatchFile(file, look);
  };
}
