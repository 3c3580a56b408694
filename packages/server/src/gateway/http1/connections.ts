import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller } from '../visitors.ts';

interface Connection {
  readonly caller: Caller;
  /** A list: there is hardly ever more than one, and a set would be left behind for the collector again and again. */
  readonly answers: ServerResponse[];
}

/** The open connections: who is at the other end, and the answers that are under way. */
export class Connections {
  readonly #open = new Map<Duplex, Connection>();
  #draining = false;

  add(socket: Duplex, caller: Caller): void {
    this.#open.set(socket, { caller, answers: [] });
    socket.on('close', () => this.#open.delete(socket));
  }

  callerOn(socket: Duplex): Caller {
    return this.#open.get(socket)?.caller ?? NOBODY;
  }

  /** A request has come, and this will answer it. */
  begin(socket: Duplex, response: ServerResponse): Caller {
    const { caller, answers } = this.#open.get(socket) ?? { caller: NOBODY, answers: [] };
    answers.push(response);
    if (this.#draining) response.shouldKeepAlive = false;
    response.on('close', () => {
      answers.splice(answers.indexOf(response), 1);
      if (this.#draining && answers.length === 0) closeSoon(socket);
    });
    return caller;
  }

  /** Whether any part of an answer may be on its way to the caller. */
  isAnswering(socket: Duplex): boolean {
    for (const response of this.#open.get(socket)?.answers ?? []) if (response.headersSent) return true;
    return false;
  }

  /** Closes every connection with nothing under way now, the others once their answers are whole. */
  drain(): void {
    this.#draining = true;
    for (const [socket, { answers }] of this.#open) {
      if (answers.length === 0) socket.destroy();
      for (const response of answers) response.shouldKeepAlive = false;
    }
  }
}

/** After what is still being written. */
function closeSoon(socket: Duplex): void {
  if (socket.writableLength === 0) socket.destroy();
  else socket.end(() => socket.destroy());
}

/** The connection has closed already: nobody is left to be told anything. */
const NOBODY: Caller = {
  address: '',
  visitor: { network: '', isBounded: false, connections: 0, underWay: 0 },
};
