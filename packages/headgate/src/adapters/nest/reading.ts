import type { Reading } from '../kit/index.ts';

/** A request of Express or Fastify, as far as it tells how its paths are read. */
interface Routed {
  /** Express. */
  readonly app?: { enabled(setting: string): boolean };
  /** Fastify. */
  readonly server?: { readonly initialConfig?: Slashes & { readonly routerOptions?: Slashes } };
}

interface Slashes {
  readonly ignoreTrailingSlash?: boolean;
}

/** How the platform has read the path of this request. */
export function readingOf(native: object): Reading {
  const { app, server } = native as Routed;
  if (typeof app?.enabled === 'function') return { unescapes: false, ignoresEnd: !app.enabled('strict routing') };
  const { routerOptions, ignoreTrailingSlash } = server?.initialConfig ?? {};
  return { unescapes: true, ignoresEnd: (routerOptions?.ignoreTrailingSlash ?? ignoreTrailingSlash) === true };
}
