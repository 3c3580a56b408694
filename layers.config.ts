/** What one layer of the library may import. The table in docs/decisions/0001 says why; this one is enforced. */
export interface Layer {
  /** Other layers, each through its index.ts alone. */
  readonly layers: readonly string[];
  /** Packages and Node's own modules; `node:*` stands for all of Node's. */
  readonly packages: readonly string[];
  /** No clock, no randomness: time and state are arguments. */
  readonly pure?: boolean;
}

/** Layers by their folder under packages/headgate/src, which each hold a tsconfig.json with the same references. */
export const layers: Readonly<Record<string, Layer>> = {
  core: { layers: [], packages: [], pure: true },
  profile: { layers: ['core'], packages: [], pure: true },
  'stores/memory': { layers: ['core'], packages: [] },
  'stores/sqlite': { layers: ['core', 'stores/memory'], packages: ['better-sqlite3', 'node:*'] },
  // Over the user's own client: neither ioredis nor node-redis is imported.
  'stores/redis': { layers: ['core', 'stores/memory'], packages: ['node:*'] },
  'stores/leased': { layers: ['core', 'stores/memory'], packages: ['node:*'] },
  gate: { layers: ['core', 'stores/memory'], packages: [] },
  held: { layers: ['core', 'stores/memory', 'gate', 'profile'], packages: [] },
  policy: {
    layers: ['core', 'profile'],
    packages: ['zod', 'yaml', '@marcbachmann/cel-js'],
  },
  http: {
    layers: ['core', 'gate', 'profile', 'stores/memory'],
    packages: ['ipaddr.js', 'jose', 'structured-headers', 'tldts', 'node:*'],
  },
  // In browsers too: the policy is a type to it, and no package is loaded.
  client: { layers: ['profile'], packages: [] },
  'client-socket': { layers: ['client'], packages: ['node:*'] },
  // Over the user's own client, as `stores/redis`.
  'client-redis': { layers: ['client'], packages: ['node:*'] },
  testing: { layers: ['core'], packages: [] },
  // What adapters share: on any platform, and on Node. An adapter itself only translates.
  'adapters/kit': { layers: ['core', 'gate', 'http', 'stores/memory'], packages: ['@noble/hashes/*', 'ipaddr.js'] },
  'adapters/types': { layers: ['adapters/kit'], packages: [] },
  'adapters/node-kit': { layers: ['adapters/kit'], packages: ['node:*'] },
  'adapters/node': { layers: ['adapters/kit', 'adapters/node-kit', 'adapters/types'], packages: ['node:*'] },
  'adapters/koa': { layers: ['adapters/kit', 'adapters/node-kit', 'adapters/types'], packages: ['koa'] },
  'adapters/express': { layers: ['adapters/kit', 'adapters/node-kit', 'adapters/types'], packages: ['node:*'] },
  'adapters/web-kit': { layers: ['adapters/kit'], packages: [] },
  'adapters/fetch': { layers: ['adapters/kit', 'adapters/web-kit', 'adapters/types'], packages: [] },
  'adapters/hono': {
    layers: ['adapters/kit', 'adapters/node-kit', 'adapters/web-kit', 'adapters/types'],
    packages: ['hono'],
  },
  'adapters/nest': {
    layers: ['adapters/kit', 'adapters/node-kit', 'adapters/types'],
    packages: ['@nestjs/common', '@nestjs/core', 'node:*', 'rxjs'],
  },
  'adapters/fastify': {
    layers: ['adapters/kit', 'adapters/node-kit', 'adapters/types'],
    packages: ['fastify', 'node:*'],
  },
  // The entries `headgate` and `headgate/all` themselves: files and no folders.
  'index.ts': { layers: ['core', 'stores/memory', 'gate'], packages: [] },
  'all.ts': { layers: ['core', 'held'], packages: [] },
};

/** Whether a layer is a single file beside the folders. */
export const isEntry = (name: string): boolean => name.endsWith('.ts');
