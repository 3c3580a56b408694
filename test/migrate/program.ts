import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { listening } from '../house/listening.ts';
import { root, temporaryFolder, write } from '../house/temporary.ts';
import type { Program } from './page.ts';

/** What a framework such as Next.js does with a route handler: here, behind a server that speaks HTTP. */
const ROUTE_SERVER = `
import { serve } from '@hono/node-server';
import { GET } from './program.mjs';
serve({ fetch: (request, env) => GET(request, env), hostname: '127.0.0.1', port: Number(process.env.PORT) });
`;

/** Runs a program of somebody who has installed what it imports, until the test ends: plain JavaScript, or Nest's decorators compiled. */
export function started({ language, code }: Program, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = temporaryFolder();
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } };
  const text = language === 'ts' ? transformSync(code, { loader: 'ts', tsconfigRaw }).code : code;
  write(folder, { 'program.mjs': text, 'serve.mjs': ROUTE_SERVER });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return listening([/^export .*GET\b/m.test(text) ? 'serve.mjs' : 'program.mjs'], folder, env);
}
