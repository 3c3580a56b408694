import { Duplex } from 'node:stream';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1:18330\r\n\r\n');
/** As a socket of Node's reads. */
const READ_BYTES = 65_536;

/** A connection without a network: it asks, takes the answer, and asks again while its asker has anything left to ask. */
class Connection extends Duplex {
  remoteAddress = '127.0.0.1';
  encrypted = false;
  #asker;

  constructor(asker) {
    super({ readableHighWaterMark: READ_BYTES });
    this.#asker = asker;
  }

  ask() {
    if (this.#asker.takes()) this.push(REQUEST);
  }

  _read() {
    // What is asked is pushed.
  }

  _write(piece, _, done) {
    this.#asker.first ??= piece.toString('latin1');
    this.#answered(done);
  }

  _writev(pieces, done) {
    this.#asker.first ??= pieces.map(({ chunk }) => chunk.toString('latin1')).join('');
    this.#answered(done);
  }

  #answered(done) {
    done();
    setImmediate(ask, this);
  }

  // What a server does to its sockets.
  setTimeout() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }
}

const ask = (connection) => connection.ask();

/** Asks a server over so many connections at once. */
export function askerOf(server, connections) {
  let left = 0;
  let open = 0;
  let over;
  const asker = {
    first: undefined,
    takes() {
      if (left-- > 0) return true;
      if (--open === 0) over();
      return false;
    },
  };
  const all = Array.from({ length: connections }, () => new Connection(asker));
  for (const connection of all) server.emit('connection', connection);
  return {
    /** The first answer, as it was sent. */
    answer: () => asker.first,
    ask: (requests) =>
      new Promise((resolve) => {
        [left, open, over] = [requests, connections, resolve];
        for (const connection of all) connection.ask();
      }),
  };
}
