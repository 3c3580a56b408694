import { setVisit, type Visit } from '../kit/index.ts';

/** What makes a body other than the plain, whole one in which something is to be written. */
const PARTIAL: ReadonlySet<string> = new Set(['range', 'if-range']);

/**
 * The request as a handler may see it: without what it would believe, and with what tells it what is held. In place, where the platform
 * lets us: it may be of a framework's own class. The same request where nothing is to be changed.
 */
export function prepared(
  request: Request,
  visit: Visit,
  strips: (name: string) => boolean,
  body?: ReadableStream<Uint8Array>,
): Request {
  const isWritten = visit.rewrite !== undefined;
  const removed = [...request.headers.keys()].filter((name) => strips(name) || (isWritten && PARTIAL.has(name)));
  const hands = visit.admissions.flatMap(({ forward }) => forward.hands);
  const added = isWritten ? ['Accept-Encoding', 'identity', ...hands] : hands;
  const url = counted(request.url, visit.target);
  const change = (headers: Headers): void => {
    for (const name of removed) headers.delete(name);
    for (let i = 0; i + 1 < added.length; i += 2) headers.set(added[i] ?? '', added[i + 1] ?? '');
  };
  if (body !== undefined) return remade(request, url, visit, change, body);
  if (url !== request.url) return remade(request, url, visit, change);
  if (removed.length === 0 && added.length === 0) return request;
  try {
    change(request.headers);
    return request;
  } catch {
    // Fetch: the headers of a request that came are immutable on some platforms.
    return remade(request, url, visit, change);
  }
}

/** The address with the query that was counted: less what asks to be run as another request. */
function counted(url: string, target: string | undefined): string {
  const [came, ours] = [queryOf(url), target === undefined ? undefined : queryOf(target)];
  if (ours === undefined || ours === came) return url;
  return url.slice(0, url.length - came.length) + ours;
}

/** With its question mark; empty where there is none. */
function queryOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at);
}

function remade(
  request: Request,
  url: string,
  visit: Visit,
  change: (headers: Headers) => void,
  body?: ReadableStream<Uint8Array>,
): Request {
  const headers = new Headers(request.headers);
  change(headers);
  const Made = classOf(request);
  const made =
    body === undefined
      ? new Made(url === request.url ? request : new Request(url, request), { headers })
      : new Made(url, withBody(request, headers, body));
  setVisit(made, visit);
  return made;
}

/** Handlers may rely on what a framework's own class has beside, as that of Next.js does. */
function classOf(request: Request): typeof Request {
  const { constructor: made } = request as { readonly constructor: unknown };
  return typeof made === 'function' && made.prototype instanceof Request ? (made as typeof Request) : Request;
}

/** Of a request whose own body is read already. */
function withBody(
  { method, signal, redirect }: Request,
  headers: Headers,
  body: ReadableStream<Uint8Array>,
): RequestInit {
  return { method, headers, body, signal, redirect, duplex: 'half' };
}
