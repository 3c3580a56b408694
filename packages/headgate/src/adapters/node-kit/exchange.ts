import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reading, Reply } from '../kit/index.ts';
import { reply } from './reply.ts';
import { NodeView } from './view.ts';

/** One exchange of Node's, and how its framework knows it. A gate sees its request by it. */
export class Exchange extends NodeView {
  readonly response: ServerResponse;
  /** What the framework gives its handlers: where the decision hangs, and what a key function is given. */
  readonly native: object;
  /** What the framework has taken off the path already, where it can still be told another one; else how it has read it. */
  readonly base: string | Reading;

  /** @param came the target as it came, whatever a framework has made of it since */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    native: object,
    came: string,
    base: string | Reading,
  ) {
    super(request, came);
    this.response = response;
    this.native = native;
    this.base = base;
  }

  /** Answers: by the framework's own means, where it has any. */
  send(answer: Reply): void {
    reply(this.response, answer, this.id);
  }
}
