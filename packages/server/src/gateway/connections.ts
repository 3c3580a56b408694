import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The open connections, and the answers that are under way on each. */
export class Connections {
  readonly #answers = new Map<Duplex, Set<ServerResponse>>();
  #draining = false;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#answers.set(socket, new Set());
      socket.on('close', () => this.#answers.delete(socket));
    });
  }

  /** A request has come, and this will answer it. */
  begin(socket: Socket, response: ServerResponse): void {
    const answers = this.#answers.get(socket);
    if (answers === undefined) return;
    answers.add(response);
    if (this.#draining) response.shouldKeepAlive = false;
    response.on('close', () => {
      answers.delete(response);
      if (this.#draining && answers.size === 0) socket.destroySoon();
    });
  }

  /** Whether any part of an answer may be on its way to the caller. */
  isAnswering(socket: Duplex): boolean {
    for (const response of this.#answers.get(socket) ?? []) if (response.headersSent) return true;
    return false;
  }

  /** Closes every connection with nothing under way now, the others once their answers are whole. */
  drain(): void {
    this.#draining = true;
    for (const [socket, answers] of this.#answers) {
      if (answers.size === 0) socket.destroy();
      for (const response of answers) response.shouldKeepAlive = false;
    }
  }
}
