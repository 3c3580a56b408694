import { setVisit, type Visit } from '../kit/index.ts';

/** What makes a body other than the plain, whole one in which something is to be written. */
const PARTIAL = ['range', 'if-range'];

/**
 * The request as a handler may see it: without fields that it would believe, and with those that tell it what is held. In place, where
 * the platform lets us: it may be of a framework's own class. The same request where nothing is to be changed.
 */
export function prepared(request: Request, visit: Visit, strips: (name: string) => boolean): Request {
  const isWritten = visit.rewrite !== undefined;
  const removed = [...request.headers.keys()].filter((name) => strips(name) || (isWritten && PARTIAL.includes(name)));
  const hands = visit.admissions.flatMap(({ forward }) => forward.hands);
  const added = isWritten ? ['Accept-Encoding', 'identity', ...hands] : hands;
  if (removed.length === 0 && added.length === 0) return request;
  const change = (headers: Headers): void => {
    for (const name of removed) headers.delete(name);
    for (let i = 0; i + 1 < added.length; i += 2) headers.set(added[i] ?? '', added[i + 1] ?? '');
  };
  try {
    change(request.headers);
    return request;
  } catch {
    // Fetch: the headers of a request that came are immutable on some platforms.
    return remade(request, visit, change);
  }
}

function remade(request: Request, visit: Visit, change: (headers: Headers) => void): Request {
  const headers = new Headers(request.headers);
  change(headers);
  const made = new Request(request, { headers });
  setVisit(made, visit);
  return made;
}
