import type { Duplex } from 'node:stream';
import type { Answered, Ending, Forward, HttpGate, Soon } from 'headgate/http';
import type { Dispatcher } from 'undici';
import { Delivery } from './delivery.ts';
import type { Exchange } from './exchange.ts';
import { codeOf, isRetried, isTimeOut } from './failures.ts';
import type { FieldRules } from './field-rules.ts';
import type { Flushes } from './flushes.ts';
import { downstreamFields, upstreamFields } from './forwarding.ts';
import type { How } from './how.ts';
import type { Line } from './line.ts';
import { rewritingOf } from './rewriting.ts';
import type { Room } from './room.ts';
import { Silence, SilentApi } from './silence.ts';
import { trimmed } from './trimmed.ts';
import { Upload } from './upload.ts';
import type { Upstream } from './upstream.ts';
import { connectionOf, type Connection, type ConnectionOptions } from './socket/connection.ts';
import { joinSockets } from './web-socket.ts';
import { Witness } from './witness.ts';

/** Answers of 1xx that may come before the one. */
const MAX_INTERIMS = 100;

/** What a relay tells of its work. */
export interface RelayOptions extends ConnectionOptions {
  readonly gate: HttpGate;
  readonly rules: FieldRules;
  readonly flushes: Flushes;
  readonly upstream: Upstream;
  /** Longest silence on a web socket. */
  readonly silenceMs: number;
  /** The upstream did not answer: the caller is owed an answer of ours, which says how its limits stand. */
  readonly onFailure: (exchange: Exchange, forward: Forward, status: 502 | 504, error: Error) => void;
  /** Its body was cut off, and the caller is owed this answer. */
  readonly onCut: (exchange: Exchange, answered: Soon<Answered>) => void;
  /** It is over: told once for each relay. */
  readonly onEnding: (exchange: Exchange, forward: Forward, ending: Ending, how: How) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Of what happens on a connection once it is open: told of each that is refused, and of what could not be judged. */
  readonly onDenied: (exchange: Exchange, answered: Answered) => void;
  readonly onFault: (exchange: Exchange, error: unknown) => void;
  /** For what is kept of answers while they are read. */
  readonly room: Room;
}

/**
 * One admitted request on its way up and its answer on the way down, chunk by chunk: neither is ever held as a whole, each
 * side waits for the other, and when one goes away the other is let go.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #forward: Forward;
  readonly #options: RelayOptions;
  readonly #body: Upload | null;
  readonly #silence: Silence;
  readonly #witness: Witness;
  readonly #delivery: Delivery;
  /** Undefined where nothing is asked of what happens on it. */
  #connection: Connection | undefined;
  #client: Line | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #attempts = 0;
  #interims = 0;
  #done = false;
  /** Its caller has been answered otherwise than the API would have it. */
  #isEndedHere = false;

  /**
   * @param begunMs when the request came
   * @param read its body, when it was read before
   */
  constructor(exchange: Exchange, forward: Forward, options: RelayOptions, begunMs: number, read?: Buffer) {
    this.#exchange = exchange;
    this.#forward = forward;
    this.#options = options;
    this.#body =
      exchange.hasBody && exchange.upgrade === undefined ? new Upload(exchange, forward.inspection, read) : null;
    if (this.#body !== null && forward.inspection !== undefined) this.#body.onCut = (answered) => this.#cut(answered);
    this.#silence = new Silence(this.#body, options.upstream.timeoutMs);
    this.#delivery = new Delivery(exchange, options.flushes);
    this.#witness = new Witness(begunMs, options);
  }

  start(): void {
    this.#attempts++;
    const { upstream, gate, rules } = this.#options;
    const { method, upgrade } = this.#exchange;
    this.#client = upstream.clients.take();
    if (this.#body !== null) this.#body.line = this.#client;
    this.#client.dispatch(
      {
        path: upstream.basePath + this.#forward.target,
        method,
        headers: upstreamFields(this.#exchange, this.#forward, gate, rules),
        body: this.#body,
        upgrade: upgrade ?? null,
      },
      this,
    );
  }

  #letGo(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) this.#options.upstream.clients.giveBack(client);
  }

  /** Told now and then how much time has gone by: an API that stays silent is given up. */
  look(elapsedMs: number): void {
    this.#connection?.look();
    const controller = this.#controller;
    if (controller === undefined || this.#done || !this.#silence.isOver(elapsedMs, controller.paused)) return;
    controller.abort(new SilentApi());
  }

  /** How it ended; undefined while it has not. */
  get how(): How | undefined {
    return this.#witness.how;
  }

  /** It is over, whatever is still under way: told once, of what ends it first. */
  ends(how: How): void {
    const witness = this.#witness;
    if (!witness.ends(how)) return;
    witness.partial = this.#body !== null && !this.#exchange.complete;
    this.#connection?.over();
    this.#options.onEnding(this.#exchange, this.#forward, witness, how);
    witness.rests();
  }

  /** The caller has gone, or has its answer. */
  ended(): void {
    this.ends(this.#done ? 'whole' : 'left');
    if (!this.#done) this.#controller?.abort(new Error('the caller went away'));
  }

  /** Nothing more of the body goes up. Who has part of an answer sees it torn; everybody else is told why. */
  #cut(answered: Soon<Answered>): void {
    if (this.#done) return;
    this.#done = true;
    this.#delivery.forget();
    this.#witness.forgets();
    this.ends('oversized');
    this.#controller?.abort(new Error('the body is more than its limits allow'));
    if (this.#exchange.headSent) this.#exchange.tear();
    else this.#options.onCut(this.#exchange, answered);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#silence.moved();
    if (this.#witness.cut || this.#exchange.gone) controller.abort(new Error('nobody is left to be answered'));
    else this.#witness.reaches();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    raw: NodeJS.Dict<string | string[]>,
    message?: string,
  ): void {
    if (status < 200) return this.#interim(controller);
    const headers = trimmed(raw);
    // RFC 9112 6.1: what was coded in a way that is not undone here must not be passed on as if it had been.
    if ((headers['transfer-encoding'] ?? 'chunked') !== 'chunked')
      return controller.abort(new Error('the answer has a transfer coding other than chunked'));
    this.#silence.answers();
    this.#witness.answered(status, headers, this.#exchange.method === 'HEAD' ? undefined : this.#forward.reads);
    try {
      this.#connection = this.#listen(controller, headers);
    } catch (error) {
      return controller.abort(error as Error); // that it cannot be read: nothing else is thrown there
    }
    const fields = this.#downstream(status, headers);
    const head = { status, fields: this.#connection === undefined ? fields : lengthless(fields), message };
    this.#delivery.begin(head, rewritingOf(this.#forward, head, headers), controller);
  }

  /** Undefined where an answer is no stream of events, or nothing is asked of them. */
  #listen(controller: Dispatcher.DispatchController, headers: NodeJS.Dict<string | string[]>): Connection | undefined {
    return connectionOf(this.#exchange, this.#forward, this.#options)?.listen(headers, {
      write: (bytes) => this.#delivery.pass(bytes),
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      onEnd: (isWhole) => this.#endHere(controller, isWhole),
    });
  }

  /** The rest of an answer is not for its caller. */
  #endHere(controller: Dispatcher.DispatchController, isWhole: boolean): void {
    if (this.#done) return;
    this.#done = true;
    this.#isEndedHere = true;
    this.ends('cut');
    if (isWhole) this.#delivery.end();
    else this.#exchange.tear();
    controller.abort(new Error('the rest of the answer is not for its caller'));
  }

  /** Each of them begins the wait for an answer anew (RFC 9110 15.2), so that it would never end. */
  #interim(controller: Dispatcher.DispatchController): void {
    this.#silence.moved();
    if (++this.#interims > MAX_INTERIMS) controller.abort(new Error('the answer was put off again and again'));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#silence.moved();
    // Of a stream of events, some may be left out: its end is what the API says is its end.
    if (this.#witness.passes(chunk) && this.#connection === undefined) this.ends('whole');
    if (this.#connection === undefined) this.#delivery.pass(chunk);
    else this.#connection.take(chunk);
  }

  onResponseEnd(): void {
    this.#letGo();
    if (this.#connection === undefined) this.#finish();
    else this.#connection.end(() => this.#finish());
  }

  #finish(): void {
    this.#done = true;
    this.ends('whole');
    this.#delivery.end();
    if (this.#body === null || this.#exchange.complete) return;
    // The upstream answered without reading the whole body: what is left of it must not be read as a request.
    this.#body.destroy();
    this.#exchange.dropRest();
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    status: number,
    raw: NodeJS.Dict<string | string[]>,
    socket: Duplex,
  ): void {
    this.#letGo();
    this.#done = true;
    const headers = trimmed(raw);
    this.#witness.answered(status, headers, undefined);
    // What was not offered cannot be agreed on, and could not be read.
    if (this.#hasExtensions(headers)) return this.#refuseUpgrade(socket);
    if (this.#exchange.gone) return void socket.destroy();
    const fields = [...this.#downstream(status, headers), 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
    const opening = connectionOf(this.#exchange, this.#forward, this.#options);
    const caller = this.#exchange.switchTo(fields);
    if (opening === undefined) return joinSockets(caller, socket, this.#options.silenceMs);
    this.#connection = opening.talk(caller, socket, this.#witness);
  }

  #hasExtensions(headers: NodeJS.Dict<string | string[]>): boolean {
    return this.#options.gate.channel !== undefined && headers['sec-websocket-extensions'] !== undefined;
  }

  #refuseUpgrade(socket: Duplex): void {
    this.#isEndedHere = true;
    socket.destroy();
    this.#fail(new Error('the API agreed on an extension of web sockets that nobody offered'));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#letGo();
    this.#body?.destroy();
    // Its caller has been answered. What cannot be said to a caller is known only at the end of it.
    if (this.#witness.cut || this.#isEndedHere) return;
    if (this.#exchange.gone) return this.ends('left');
    // The status is out: all that is left is to end the connection, so that a torn answer is seen to be torn. What is still
    // held back of one is forgotten: a whole 502 says more than half of something else.
    if (this.#exchange.headSent) return this.#tear();
    if (this.#mayRetry(error)) return this.start();
    this.#fail(error);
  }

  #tear(): void {
    this.ends('torn');
    this.#exchange.tear();
  }

  #fail(error: Error): void {
    this.#done = true;
    this.#delivery.forget();
    this.#witness.forgets();
    this.ends(isTimeOut(error) ? 'timed-out' : 'failed');
    this.#options.onFailure(this.#exchange, this.#forward, isTimeOut(error) ? 504 : 502, error);
  }

  #downstream(status: number, headers: NodeJS.Dict<string | string[]>): string[] {
    const fields = downstreamFields(status, headers, this.#options.rules);
    fields.push(...this.#forward.settle(status, fields));
    return fields;
  }

  /** An idle connection may be closed by the upstream just as it is used again; asking twice is safe where asking once was. */
  #mayRetry(error: Error): boolean {
    const { method, upgrade } = this.#exchange;
    const isSafe = (method === 'GET' || method === 'HEAD') && this.#body === null && upgrade === undefined;
    return this.#attempts === 1 && isSafe && !this.#silence.hasBegun && isRetried(codeOf(error));
  }
}

/** Of an answer that may lose some of its body. */
function lengthless(fields: readonly string[]): string[] {
  return fields.filter((_, i) => fields[i - (i % 2)]?.toLowerCase() !== 'content-length');
}
