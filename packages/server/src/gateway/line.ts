import type { Socket } from 'node:net';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import { Interims } from './interims.ts';

/** A connection to the API with one request at a time, made anew where it has closed. */
export class Line extends Client {
  readonly #interims: Interims;
  #socket: Socket | undefined;

  constructor(origin: URL, options: Omit<Client.Options, 'connect'>, connector: buildConnector.connector) {
    const interims = new Interims();
    const connect: buildConnector.connector = (where, done) =>
      connector(where, (...made: Parameters<buildConnector.Callback>) => {
        this.#socket = made[1] ?? undefined;
        if (this.#socket !== undefined) readThrough(interims, this.#socket);
        done(...made);
      });
    super(origin, { ...options, connect });
    this.#interims = interims;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.#interims.expect();
    return super.dispatch(options, handler);
  }

  /** Whether the system has taken all that was written on it, so that nothing of that is read here any more. */
  get isSent(): boolean {
    return this.#socket?.writableLength === 0;
  }
}

/** Undici reads what has come by this call alone. */
function readThrough(interims: Interims, socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null; // no encoding is set
  interims.expect();
  socket.read = (size) => {
    const bytes = read(size);
    if (bytes !== null) interims.look(bytes);
    return bytes;
  };
}
