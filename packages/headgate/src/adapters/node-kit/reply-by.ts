import type { Reply } from '../kit/index.ts';

/** As much of Fastify's reply as is used. */
export interface FastifyLike {
  code(status: number): unknown;
  header(name: string, value: string | string[]): unknown;
  send(body?: Buffer): unknown;
}

/** Answers by Fastify's own means: what other plugins have set, such as CORS, and what they do to a response, stays. */
export function replyBy(reply: FastifyLike, { status, fields, body }: Reply, id: string): void {
  const values = new Map<string, string[]>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name = '', value = ''] = [fields[i], fields[i + 1]];
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  for (const [name, [first = '', ...more]] of values) reply.header(name, more.length === 0 ? first : [first, ...more]);
  reply.code(status);
  reply.header('X-Request-Id', id);
  // A text would be given a type, or its type a charset.
  void (body === '' ? reply.send() : reply.send(Buffer.from(body)));
}
