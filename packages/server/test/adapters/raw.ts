import { sendRaw } from '../support.ts';
import { readAll, type Message } from '../attack/wire.ts';
import type { Exchange } from './cases.ts';

/**
 * What a server adds of its own accord, or how it frames what it was given: true of the connection and the moment, and not of the answer.
 * `date`: when. `connection`, `keep-alive`: whether it is used again, which a proxy and an app may see otherwise. `transfer-encoding`: a body
 * of which the length was not told. `vary` is Express's own when it sends text.
 */
const OF_THE_SERVER: ReadonlySet<string> = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** Fields whose members may come on one line or on several (RFC 9110 5.3): a Web response has one line for each name. */
const LISTS: ReadonlySet<string> = new Set(['access-control-expose-headers']);

/** Sends a request as bytes on a connection of its own, and reads what comes back. */
export async function exchange(url: string, { ask: [line, ...fields], body }: Exchange): Promise<Message | undefined> {
  const framing = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${line} HTTP/1.1`, 'Host: api.example', ...fields, ...framing, 'Connection: close'];
  const bytes = await sendRaw(url, `${head.join('\r\n')}\r\n\r\n${body ?? ''}`, 3000);
  const isBodiless = (first: string): boolean => line.startsWith('HEAD ') || / (?:1\d\d|204|304) /.test(first);
  return readAll(bytes, isBodiless).messages.at(-1);
}

/** An answer as a case writes it down. What names this very request is told as `*`. */
export function written(message: Message | undefined): Exchange['answer'] {
  if (message === undefined) return [0, [], ''];
  const fields = message.fields
    .filter(([name]) => !OF_THE_SERVER.has(name))
    .flatMap(([name, value]) =>
      LISTS.has(name) ? value.split(', ').map((one) => [name, one] as const) : [[name, value] as const],
    )
    .map(([name, value]) => `${name}: ${name === 'x-request-id' ? '*' : value}`);
  return [Number(message.first.split(' ')[1]), fields.toSorted(), message.body];
}

/** An expected answer as this server frames it: where a body came in pieces, nobody had told its length. */
export function asFramed([status, fields, body]: Exchange['answer'], message: Message | undefined): Exchange['answer'] {
  const isChunked = message?.fields.some(([name]) => name === 'transfer-encoding') === true;
  const kept = fields.filter((field) => !(isChunked && field.startsWith('content-length:')));
  const spread = kept.flatMap((field) => {
    const [name = '', value = ''] = field.split(/: (.*)/s);
    return LISTS.has(name) ? value.split(', ').map((one) => `${name}: ${one}`) : [field];
  });
  return [status, spread.toSorted(), body];
}
