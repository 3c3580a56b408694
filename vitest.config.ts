import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const library = fileURLToPath(new URL('packages/headgate/src/', import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run against sources: a change is seen without a build. test/built.test.ts alone imports what is published.
    alias: [
      { find: /^headgate$/, replacement: `${library}index.ts` },
      { find: /^headgate\/sqlite$/, replacement: `${library}stores/sqlite/index.ts` },
      { find: /^headgate\/redis$/, replacement: `${library}stores/redis/index.ts` },
      { find: /^headgate\/leases$/, replacement: `${library}stores/leased/index.ts` },
      {
        find: /^headgate\/(policy|http|client|client\/(?:limits|share|plan|batch|poll|intercept)|testing)$/,
        replacement: `${library}$1/index.ts`,
      },
      { find: /^headgate\/(express|fastify|fetch|hono|koa|nest|node)$/, replacement: `${library}adapters/$1/index.ts` },
    ],
  },
  test: {
    setupFiles: ['test/same-cases.ts'],
    // On two cores it would be one; most tests wait for processes of their own now and then.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A bound on what hangs, not a claim: machines are small, and others work on them.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'policies/**/*.test.ts',
      'test/**/*.test.ts',
    ],
  },
});
