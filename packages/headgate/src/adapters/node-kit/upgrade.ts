import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { UNJUDGED, type Begun, type Guard, type Reply } from '../kit/index.ts';
import { headOf } from './reply.ts';
import type { Switch } from './gate.ts';
import { strip } from './request.ts';
import { NodeView } from './view.ts';

/** Gives the request the path that was counted. */
function alignSwitch(request: IncomingMessage, came: string, counted: string | undefined): void {
  if (counted !== undefined && counted !== came) request.url = counted;
}

/** Judges a request that asks for its connection to be switched: refused on the connection, or handed on. It lasts as long as that. */
export function switching(guard: Guard, handle: Switch): Switch {
  return (request, socket, head) => {
    const view = new NodeView(request, request.url, request.headers.upgrade?.toLowerCase());
    const pass = (begun: Begun | undefined): void => {
      if (begun !== undefined && take(guard, view, { request, socket }, begun)) handle(request, socket, head);
    };
    const fail = (error: unknown): undefined => {
      guard.fault(error);
      refuse(socket, request, UNJUDGED, view.id);
    };
    const begun = begin(guard, request, view, fail);
    // What fails in `handle` is its own, and fails as it would without a gate.
    if (begun instanceof Promise) void begun.catch(fail).then(pass);
    else pass(begun);
  };
}

function begin(
  guard: Guard,
  request: IncomingMessage,
  view: NodeView,
  fail: (error: unknown) => undefined,
): Begun | Promise<Begun> | undefined {
  try {
    return guard.begin(request, view);
  } catch (error) {
    return fail(error);
  }
}

/** A connection that asks to be switched. */
interface Asking {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
}

/** Whether it may pass. */
function take(guard: Guard, view: NodeView, { request, socket }: Asking, begun: Begun): boolean {
  if (begun.kind === 'answer') {
    refuse(socket, request, begun, view.id);
    return false;
  }
  if (socket.destroyed) {
    begun.end({ status: undefined, reached: false, torn: true });
    return false;
  }
  alignSwitch(request, view.target, begun.target);
  strip(request, guard.names.stripsFor(view));
  socket.once('close', () => begun.end({ status: 101, torn: false }));
  return true;
}

function refuse(socket: Duplex, { method }: IncomingMessage, answer: Reply, id: string): void {
  if (answer.silent === true) return void socket.destroy();
  const head = [...headOf(answer, id), 'Connection', 'close'];
  // RFC 9112 4: the phrase may be left out, the space before it may not.
  const lines = [`HTTP/1.1 ${answer.status} `];
  for (let i = 0; i + 1 < head.length; i += 2) lines.push(`${head[i]}: ${head[i + 1]}`);
  // Nobody else listens to a connection that the server has let go.
  socket.on('error', () => socket.destroy());
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  socket.end(method === 'HEAD' ? '' : answer.body);
}
