// Says whether node_modules is what a lock asks for, so that a second run need not install again.
import { readFileSync } from 'node:fs';

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined; // No such file, or one that an interrupted install cut short: install again.
  }
}

/** npm leaves its own copy of the lock in node_modules once an install has ended well: that copy is the stamp. */
export function isInstalled(folder) {
  const wanted = packagesOf(`${folder}/package-lock.json`);
  const present = packagesOf(`${folder}/node_modules/.package-lock.json`);
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true; // The root and the workspaces are the work tree itself.
    const found = present[path];
    // An optional package is left out on machines that it is not for.
    return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true;
  });
}
