import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Takes a copy of the library as built: a compiler that runs meanwhile must not change what is measured. */
export function takeBuilt() {
  const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
  rmSync(path('../built'), { recursive: true, force: true });
  cpSync(path('../../packages/headgate/dist'), path('../built'), { recursive: true });
}
