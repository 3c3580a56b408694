import { isBodiless, type Reply } from '../kit/index.ts';

/** An answer of ours, whole. */
export function replyTo({ method }: Request, { status, fields, body }: Reply, id: string): Response {
  const headers = new Headers();
  for (let i = 0; i + 1 < fields.length; i += 2) headers.append(fields[i] ?? '', fields[i + 1] ?? '');
  headers.set('X-Request-Id', id);
  if (isBodiless(status)) return new Response(null, { status, headers });
  const bytes = new TextEncoder().encode(body);
  headers.set('Content-Length', String(bytes.length));
  return new Response(method === 'HEAD' ? null : bytes, { status, headers });
}

/** For a caller that has gone: nobody reads it, and frameworks want one. */
export function replyToNobody(): Response {
  return new Response(null, { status: 499 });
}
