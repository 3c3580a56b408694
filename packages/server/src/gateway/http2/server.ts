import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LOOK_MS, MAX_STREAMS, type Bounds } from '../bounds.ts';
import type { OnExchange, Protocol } from '../exchange.ts';
import type { Caller } from '../visitors.ts';
import { Http2Exchange } from './exchange.ts';
import { Flood } from './flood.ts';

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;
/** MB that one connection may hold in nghttp2's own buffers. */
const MAX_SESSION_MB = 10;
/** Frames that are no frames, before the connection ends. */
const MAX_INVALID_FRAMES = 100;
/** Pairs of a head that are no fields: method, path, scheme, authority. */
const PSEUDO_FIELDS = 4;

export interface Http2Options {
  readonly bounds: Bounds;
  readonly onExchange: OnExchange;
  /** Told of a connection that was ended because it was an attack. */
  readonly onFlood: (address: string, of: string) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** HTTP/2 on connections that somebody else accepted. */
export function createHttp2(options: Http2Options): Protocol {
  const settings = settingsOf(options.bounds);
  const sessions = new Set<Session>();
  const sweep = setInterval(() => {
    for (const session of sessions) session.closeIfSilent();
  }, LOOK_MS).unref();

  function take(socket: Duplex, caller: Caller): void {
    const session = performServerHandshake(socket, settings);
    // No answer goes to a caller who has ended: HTTP/2 knows no connection that is open on one side.
    socket.on('end', () => session.destroy());
    const one = new Session(session, socket, caller, options);
    sessions.add(one);
    session.on('close', () => sessions.delete(one));
  }

  function drain(): void {
    clearInterval(sweep);
    for (const session of sessions) session.close();
  }

  return { take, drain };
}

function settingsOf(bounds: Bounds): Parameters<typeof performServerHandshake>[1] {
  return {
    maxSessionMemory: MAX_SESSION_MB,
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxHeaderListPairs: bounds.headFields + PSEUDO_FIELDS,
    // What the API says twice is passed on, as in HTTP/1.
    strictSingleValueFields: false,
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: bounds.headBytes, enablePush: false },
  };
}

/** One connection: its streams, and what of it would be a flood. */
class Session {
  readonly #session: ServerHttp2Session;
  readonly #options: Http2Options;
  readonly #caller: Caller;
  readonly #floods = new Map<string, Flood>();
  readonly #socket: Socket;
  #streams = 0;
  #idleSinceMs: number;
  #bytes = 0;
  #silentSinceMs: number;

  constructor(session: ServerHttp2Session, socket: Duplex, caller: Caller, options: Http2Options) {
    this.#session = session;
    this.#socket = socket as Socket; // plain or in TLS: it counts its bytes
    this.#caller = caller;
    this.#options = options;
    this.#idleSinceMs = options.nowMs();
    this.#silentSinceMs = options.nowMs();
    session.on('error', () => session.destroy());
    session.on('stream', (stream, _, flags, raw) => this.#serve(stream, flags, raw));
    session.on('ping', () => this.#count('ping'));
    session.on('remoteSettings', () => this.#count('settings'));
  }

  /** Tells the caller that nothing more is taken (RFC 9113 6.8), and closes once nothing is under way. */
  close(): void {
    if (!this.#session.closed) this.#session.close();
  }

  /**
   * Ends a connection on which nothing moves, or nothing is under way: bytes alone do not keep one open, since a head that never
   * ends must come to its end too. Node's own timers keep what has ended until they run out, so they are not used.
   */
  closeIfSilent(): void {
    const { nowMs, bounds } = this.#options;
    const bytes = this.#socket.bytesRead + this.#socket.bytesWritten;
    if (bytes !== this.#bytes) this.#silentSinceMs = nowMs();
    this.#bytes = bytes;
    const isIdle = this.#streams === 0 && nowMs() - this.#idleSinceMs > bounds.keepAliveMs;
    if (!isIdle && nowMs() - this.#silentSinceMs <= bounds.silenceMs) return;
    this.#session.goaway(NGHTTP2_NO_ERROR);
    this.#session.destroy();
  }

  #serve(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const { bounds, onExchange } = this.#options;
    this.#streams++;
    stream.on('error', ignore);
    stream.on('close', () => this.#ended());
    // Taken back before its answer was whole, or made to be by a frame that is wrong. Destroyed means: by us.
    stream.on('aborted', () => void (stream.destroyed || this.#count('reset')));
    const ended = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    const exchange = new Http2Exchange(stream, raw, ended, this.#caller, bounds);
    const waits = exchange.header('expect')?.toLowerCase() === '100-continue';
    // Also one that was reset at once: it has been asked for, so it is judged, and counted.
    onExchange(exchange, waits);
  }

  #ended(): void {
    this.#streams--;
    this.#idleSinceMs = this.#options.nowMs();
  }

  #count(of: string): void {
    const nowMs = this.#options.nowMs();
    let flood = this.#floods.get(of);
    if (flood === undefined) this.#floods.set(of, (flood = new Flood(nowMs)));
    if (!flood.count(nowMs) || this.#session.destroyed) return;
    this.#options.onFlood(this.#caller.visitor.network, of);
    // Without an error Node would tell the caller that nothing went wrong.
    this.#session.destroy(new Error(`a flood of ${of}`), NGHTTP2_ENHANCE_YOUR_CALM);
  }
}

function ignore(): void {
  // A stream that ended badly has closed; what was under way hears of that.
}
