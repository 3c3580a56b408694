import type { ServerResponse } from 'node:http';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { reply, replyBy, type FastifyLike } from '../node-kit/index.ts';
import { HeadgateException, valueOf } from './exception.ts';

/** A client of a web socket: socket.io's sends events, that of `ws` sends text. */
interface Client {
  readonly handshake?: unknown;
  emit(event: string, value: unknown): unknown;
  send(text: string): unknown;
}

/** Answers a call that was refused, as the policy says. An app's own filter may catch a {@link HeadgateException} before. */
export class HeadgateFilter implements ExceptionFilter<HeadgateException> {
  catch(exception: HeadgateException, host: ArgumentsHost): unknown {
    switch (host.getType<string>()) {
      case 'http':
        return answerRequest(
          exception,
          host.getArgByIndex<ServerResponse | (FastifyLike & { raw: ServerResponse })>(1),
        );
      case 'ws':
        return answerMessage(exception, host.getArgByIndex<Client>(0));
      default:
        return exception; // GraphQL takes an error that is given to it for one.
    }
  }
}

function answerRequest(
  { answer, id }: HeadgateException,
  response: ServerResponse | (FastifyLike & { raw: ServerResponse }),
): void {
  if ('raw' in response) replyBy(response, answer, id);
  else reply(response, answer, id);
}

/** As Nest tells of exceptions: the event `exception`, here with what the policy has for a body. */
function answerMessage({ answer: { body } }: HeadgateException, client: Client): void {
  const data = valueOf(body);
  if (client.handshake === undefined) client.send(JSON.stringify({ event: 'exception', data }));
  else client.emit('exception', data);
}

Catch(HeadgateException)(HeadgateFilter);
