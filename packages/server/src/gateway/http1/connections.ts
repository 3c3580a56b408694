import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller } from '../visitors.ts';
import { Shape } from './shape.ts';

/** One connection: who is at the other end, and the answers that are under way. */
export class Connection {
  readonly caller: Caller;
  /** A list: there is hardly ever more than one, and a set would be left behind for the collector again and again. */
  readonly answers: ServerResponse[] = [];
  /** Nothing more is taken on it: it ends with the answers that are owed. */
  isOver = false;
  readonly #socket: Duplex;
  /** Of the last request, mostly of the next one too. */
  #shape: Shape | undefined;

  constructor(socket: Duplex, caller: Caller) {
    this.#socket = socket;
    this.caller = caller;
  }

  /** What the names of a request's fields tell. */
  shapeOf(raw: readonly string[]): Shape {
    const last = this.#shape;
    if (last?.fits(raw) === true) return last.again();
    const shape = new Shape(raw);
    this.#shape = shape.isKept ? shape : undefined;
    return shape;
  }

  /** An answer is whole, or will never be. */
  ended(response: ServerResponse): void {
    this.answers.splice(this.answers.indexOf(response), 1);
    if (this.isOver && this.answers.length === 0) closeSoon(this.#socket);
  }
}

/** The open connections. */
export class Connections {
  readonly #open = new Map<Duplex, Connection>();

  add(socket: Duplex, caller: Caller): void {
    this.#open.set(socket, new Connection(socket, caller));
    socket.on('close', () => this.#open.delete(socket));
  }

  callerOn(socket: Duplex): Caller {
    return this.#open.get(socket)?.caller ?? NOBODY;
  }

  /** Whether an answer is owed: until it is whole, the connection cannot switch to another protocol. */
  isBusy(socket: Duplex): boolean {
    return (this.#open.get(socket)?.answers.length ?? 0) > 0;
  }

  /** A request has come, and this will answer it. Undefined when nothing more is taken on its connection. */
  begin(socket: Duplex, response: ServerResponse): Connection | undefined {
    const connection = this.#open.get(socket);
    if (connection === undefined || connection.isOver) return undefined;
    connection.answers.push(response);
    return connection;
  }

  /** Takes nothing more on a connection, and closes it after the last of the answers that are owed. */
  finish(socket: Duplex): void {
    const connection = this.#open.get(socket);
    const last = connection?.answers.at(-1);
    if (connection !== undefined) connection.isOver = true;
    // Those before it must not say so: Node would end the connection with the first that does.
    if (last !== undefined) last.shouldKeepAlive = false;
  }

  /**
   * What comes next on a connection cannot be read, so it is finished. Returns whether an answer to that is owed: there is no
   * place for one behind another that has begun, and none that would not be taken for that of a request which is under way.
   */
  breakOff(socket: Duplex): boolean {
    const { answers, isOver } = this.#open.get(socket) ?? { answers: [], isOver: true };
    const last = answers.at(-1);
    this.finish(socket);
    if (last === undefined || last.req.complete) return !isOver && last === undefined;
    // It is the body of the last request that cannot be read, so that one's answer will never be whole.
    if (answers.length === 1 && !last.headersSent) return true;
    closeSoon(socket);
    return false;
  }

  /** Closes every connection with nothing under way now, the others once their answers are whole. */
  drain(): void {
    for (const [socket, { answers }] of this.#open) {
      this.finish(socket);
      if (answers.length === 0) socket.destroy();
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
