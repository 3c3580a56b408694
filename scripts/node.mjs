// Finds the Node to run on. Plain JavaScript that any Node with ES modules can read.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const os = process.platform === 'win32' ? 'win' : process.platform;
const file = process.platform === 'win32' ? 'node.exe' : 'node';

/** The pinned Node in node_modules, as a folder for PATH; undefined before the set-up, or where no package ships one. */
export function pinnedNodeFolder() {
  return [`node-${os}-${process.arch}`, `node-bin-${os}-${process.arch}`]
    .map((name) => `${root}node_modules/${name}/bin`)
    .find((folder) => existsSync(`${folder}/${file}`));
}

/** Whether `version` ("22.12.0") is at least `major.minor`. */
export function atLeast(version, major, minor) {
  const [haveMajor, haveMinor] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}
