import type { FastifyReply } from 'fastify';
import type { Reply } from '../kit/index.ts';

/** Answers by Fastify's own means: what other plugins have set, such as CORS, and what they do to a response, stays. */
export function sendBy(reply: FastifyReply, { status, fields, body }: Reply, id: string): void {
  const names = new Set<string>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    const before = names.has(name.toLowerCase()) ? [reply.getHeader(name) ?? []].flat() : [];
    reply.header(name, before.length === 0 ? value : [...before, value]);
    names.add(name.toLowerCase());
  }
  reply.code(status).header('X-Request-Id', id);
  // A text would be given a type, or its type a charset.
  void (body === '' ? reply.send() : reply.send(Buffer.from(body)));
}
