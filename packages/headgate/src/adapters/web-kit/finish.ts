import { Pieces, type Fields, type Over, type Visit } from '../kit/index.ts';
import { rewritten, watched } from './body.ts';

/** Fields by which handlers speak to Headgate: callers never see them. */
const OURS = 'x-headgate-';

/**
 * The response of a handler, as callers get it: with what the gates write of limits, and watched until its last byte where anything is
 * held until then.
 */
export async function finished(visit: Visit, request: Request, response: Response): Promise<Response> {
  const { status } = response;
  if (visit.isAnswered) return response;
  // RFC 9110 15.2.2: the connection is another protocol's from here on, and its response is no program's to make anew.
  if (status === 101) {
    visit.end({ status, torn: false });
    return response;
  }
  // Fetch, "network error": it has no status and no head, and nothing of its kind can be made anew.
  if (status === 0) {
    failed(visit);
    return response;
  }
  const handlers = [...response.headers].flat();
  visit.known = () => ({ status, fields: handlers });
  const told = withFields(visit, response, handlers);
  const changed = await rewrite(visit, request, told);
  // RFC 9110 9.3.2: of the answer to a HEAD the body is not sent, and so nobody reads it to its end.
  return watch(visit, handlers, changed, request.method === 'HEAD');
}

/** The handler failed, or nobody waits for its answer. What was answered until then is known: whoever leaves must not pay less. */
export function failed(visit: Visit): void {
  visit.end({ status: undefined, ...visit.known?.(), torn: true });
}

/** Writes in place where the response lets us: it may be of a framework's own class. */
function withFields(visit: Visit, response: Response, handlers: Fields): Response {
  const fields = visit.settle(response.status, handlers);
  const isOurs = (name: string): boolean => visit.owns(name) || name.startsWith(OURS);
  const write = (headers: Headers): void => {
    // A copy of the names: they change while they are read.
    for (const name of Array.from(headers.keys())) if (isOurs(name)) headers.delete(name);
    for (let i = 0; i + 1 < fields.length; i += 2) headers.append(fields[i] ?? '', fields[i + 1] ?? '');
  };
  try {
    write(response.headers);
    return response;
  } catch {
    // Fetch: the headers of a redirect, and of what was fetched, are immutable.
    const headers = new Headers(response.headers);
    write(headers);
    return remade(response, response.body, headers);
  }
}

type Body = ConstructorParameters<typeof Response>[0];

function remade(response: Response, body: Body, headers: Headers): Response {
  const { status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}

async function rewrite(visit: Visit, { method }: Request, response: Response): Promise<Response> {
  const { headers, body, status } = response;
  const type = headers.get('content-type') ?? undefined;
  const how = headers.has('content-encoding') ? undefined : visit.rewrite?.(status, type);
  if (how === undefined || body === null) return response;
  const without = (names: readonly string[]): Headers => {
    const left = new Headers(headers);
    for (const name of names) left.delete(name);
    return left;
  };
  const drops = [...how.drops, 'content-length'];
  // RFC 9110 8.6: the answer to a HEAD tells of no body that it does not know.
  if (method === 'HEAD') {
    void body.cancel();
    return remade(response, null, without(drops));
  }
  const changed = await rewritten(body, how);
  return 'stream' in changed
    ? remade(response, changed.stream, headers)
    : remade(response, changed.text, without(drops));
}

/** Ends the visit with the last byte of the body; at once where nothing is held, or nothing of it is sent. */
function watch(visit: Visit, fields: Fields, response: Response, isHead: boolean): Response {
  const { status, body, headers } = response;
  const isAbsent = body === null || isHead;
  if (!visit.holds || isAbsent) {
    visit.end({ status, torn: false, fields, ...(isAbsent && { body: { is: 'unread', why: 'absent' } }) });
    return response;
  }
  const pieces = new Pieces(visit.wantedBytes(status, headers.get('content-type') ?? undefined));
  const isEncoded = headers.has('content-encoding');
  const known = (torn: boolean): Over => ({
    status,
    torn,
    fields,
    sentBytes: pieces.bytes,
    body: pieces.read(torn, isEncoded),
  });
  const over = (torn: boolean): void => visit.end(known(torn));
  visit.known = () => known(true);
  return remade(
    response,
    watched(body, (piece) => pieces.take(piece), over),
    headers,
  );
}
