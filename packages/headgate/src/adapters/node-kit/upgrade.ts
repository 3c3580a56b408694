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
    const take = (begun: Begun): void => {
      if (begun.kind === 'answer') return refuse(socket, request, begun, view.id);
      if (socket.destroyed) {
        begun.end({ status: undefined, reached: false, torn: true });
        return;
      }
      alignSwitch(request, view.target, begun.target);
      strip(request, guard.names.stripsFor(view));
      socket.once('close', () => begun.end({ status: 101, torn: false }));
      handle(request, socket, head);
    };
    const fail = (error: unknown): void => {
      guard.fault(error);
      refuse(socket, request, UNJUDGED, view.id);
    };
    try {
      const begun = guard.begin(request, view);
      if (begun instanceof Promise) void begun.then(take, fail);
      else take(begun);
    } catch (error) {
      fail(error);
    }
  };
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
