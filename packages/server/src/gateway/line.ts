import type { Socket } from 'node:net';
import { Client, type buildConnector } from 'undici';

/** A connection to the API with one request at a time, made anew where it has closed. */
export class Line extends Client {
  #socket: Socket | undefined;

  constructor(origin: URL, options: Omit<Client.Options, 'connect'>, connector: buildConnector.connector) {
    const connect: buildConnector.connector = (where, done) =>
      connector(where, (...made: Parameters<buildConnector.Callback>) => {
        this.#socket = made[1] ?? undefined;
        done(...made);
      });
    super(origin, { ...options, connect });
  }

  /** Whether the system has taken all that was written on it, so that nothing of that is read here any more. */
  get isSent(): boolean {
    return this.#socket?.writableLength === 0;
  }
}
