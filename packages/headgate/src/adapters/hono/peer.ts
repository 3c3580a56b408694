import type { Context } from 'hono';

/** What the runtimes that Hono knows hand on beside a request, as far as it tells who is at the other end. */
interface Connection {
  /** Node. */
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  /** Deno. */
  readonly remoteAddr?: { readonly hostname?: string };
  /** Bun. */
  requestIP?(request: Request): { readonly address?: string } | null;
}

/** The address of the other end, as this runtime tells it; undefined on those that tell it in a field alone, such as Workers. */
export function connectionPeer({ env, req }: Context): string | undefined {
  if (typeof env !== 'object' || env === null) return undefined;
  // Every runtime has its own: each part is looked at before it is believed.
  const given = env as Connection & { readonly server?: Connection };
  const connection = given.server ?? given;
  return (
    connection.incoming?.socket?.remoteAddress ??
    connection.remoteAddr?.hostname ??
    connection.requestIP?.(req.raw)?.address
  );
}
