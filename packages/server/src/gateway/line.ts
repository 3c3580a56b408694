import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import { Interims } from './interims.ts';

/** A connection to the API with one request at a time, made anew where it has closed. */
export class Line extends Client {
  #interims: Interims | undefined;
  #socket: Socket | undefined;

  constructor(origin: URL, options: Omit<Client.Options, 'connect'>, connector: buildConnector.connector) {
    const connect: buildConnector.connector = (where, done) =>
      connector(where, (...made: Parameters<buildConnector.Callback>) => {
        this.#socket = made[1] ?? undefined;
        this.#interims = this.#socket && readThrough(this.#socket);
        done(...made);
      });
    super(origin, { ...options, connect });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#interims?.expect();
    return super.dispatch(options, handler);
  }

  /** Whether the system has taken all that was written on it, so that nothing of that is read here any more. */
  get isSent(): boolean {
    return this.#socket?.writableLength === 0;
  }
}

/** Undici reads what has come by this call alone. */
function readThrough(socket: Socket): Interims {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null; // no encoding is set
  const interims = new Interims();
  interims.expect();
  socket.read = (size) => {
    const bytes = read(size);
    if (bytes !== null) interims.look(bytes);
    return bytes;
  };
  return interims;
}
