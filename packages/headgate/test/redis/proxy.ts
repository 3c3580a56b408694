import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of bytes on their way: passed on, or swallowed. */
export type Way = 'pass' | 'swallow';

/** A wire between a client and a Redis that can lose what it carries, each way by itself, or carry it late. */
export class Proxy {
  asked: Way = 'pass';
  answered: Way = 'pass';
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();

  constructor(to: number) {
    this.#server = createServer((near) => this.#carry(near, createConnection(to, '127.0.0.1')));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port; // It listens on TCP.
  }

  /** Breaks every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #carry(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (data) => this.#pass(data, far, this.asked));
    far.on('data', (data) => this.#pass(data, near, this.answered));
  }

  #pass(data: Buffer, to: Socket, way: Way): void {
    if (way === 'swallow') return;
    if (this.delayMs === 0) to.write(data);
    else setTimeout(() => to.write(data), this.delayMs);
  }
}
