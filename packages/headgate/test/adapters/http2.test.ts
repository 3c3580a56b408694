import { once } from 'node:events';
import { connect, constants, createServer, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { node } from '../../src/adapters/node/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { closeAfterwards } from './set-up.ts';

type Ask = (path: string) => Promise<[IncomingHttpHeaders, string]>;

/** A server of HTTP/2 in the form that is as HTTP/1's, and what it answers to one request. */
const asking = async (listener: RequestListener): Promise<Ask> => (await sessionOf(listener)).ask;

async function sessionOf(
  listener: RequestListener,
): Promise<{ readonly ask: Ask; readonly session: ClientHttp2Session }> {
  const server = createServer(listener as never).listen(0, '127.0.0.1'); // of both versions, the compatible form is one
  await once(server, 'listening');
  // A server that listens on TCP has this form of address.
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`);
  closeAfterwards(async () => {
    session.destroy();
    server.close();
    await once(server, 'close');
  });
  const ask: Ask = async (path) => {
    const stream = session.request({ ':path': path });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    return [headers, await text(stream)];
  };
  return { ask, session };
}

describe('before a server of HTTP/2', () => {
  it.each<[string, RequestListener]>([
    ['whole', (_request, response) => void response.writeHead(200, { 'X-Own': 'kept', RateLimit: 'mine' }).end('fine')],
    ['in pieces', (_request, response) => { response.setHeader('X-Own', 'kept'); response.write('fi'); response.end('ne'); }],
    ['empty, with what a head is set to', (_request, response) => { response.setHeader('X-Own', 'kept'); response.end(); }],
  ])('tells how a request stands, and refuses what is beyond: an answer that is %s', async (_, listener) => {
    const ask = await asking(node('2/minute').wrap(listener));
    const [first] = await ask('/');
    expect([first[':status'], first['x-own'], first['ratelimit']]).toEqual([200, 'kept', expect.stringMatching(/^"limit";r=1;t=/)]);
    await ask('/');
    const [refused, body] = await ask('/');
    expect([refused[':status'], refused['retry-after'] !== undefined, body]).toEqual([429, true, expect.stringContaining('"limit"')]);
  }); // prettier-ignore

  it('lets a handler go on whose caller has gone, and lets go of what it held', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { anonymous: true }\nlimits: { running: { concurrency: 1, per: address } }\n',
    );
    let begin: (response: ServerResponse) => void = () => undefined;
    const begun = new Promise<ServerResponse>((resolve) => (begin = resolve));
    const listener: RequestListener = ({ url }, response) => (url === '/late' ? begin(response) : response.end());
    const { ask, session } = await sessionOf(node(policy).wrap(listener));
    const stream = session.request({ ':path': '/late' }).on('error', () => undefined);
    const response = await begun;
    const gone = once(response, 'close');
    stream.close(constants.NGHTTP2_CANCEL);
    await gone;
    expect(() => response.end('late')).not.toThrow();
    expect((await ask('/'))[0][':status']).toBe(200);
  });

  it('runs nothing for a caller that has gone while it was looked up, and nothing stays held', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { key: { header: X-API-Key, find: who } }\nunidentified: unlimited\nlimits: { running: { concurrency: 1, per: key } }\n',
    );
    const tells: (() => void)[] = [];
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const finders = {
      who: () =>
        new Promise<Record<string, string>>((resolve) => {
          asked();
          tells.push(() => resolve({}));
        }),
    };
    const ran: (string | undefined)[] = [];
    const { session } = await sessionOf(
      node(policy, { finders }).wrap(({ url }, response) => {
        ran.push(url);
        response.end();
      }),
    );
    const open = (path: string): ReturnType<typeof session.request> =>
      session.request({ ':path': path, 'x-api-key': 'k' }).on('error', () => undefined);
    const left = open('/left');
    await isAsked;
    const closed = once(left, 'close');
    left.close(constants.NGHTTP2_CANCEL);
    await closed;
    const there = open('/there');
    const ping = promisify(session.ping.bind(session)); // what was sent before has come by the time that it is answered
    await ping();
    tells[0]?.();
    await ping();
    tells[1]?.();
    const [headers] = (await once(there, 'response')) as [IncomingHttpHeaders];
    expect([headers[':status'], ran]).toEqual([200, ['/there']]);
  });

  it('knows the host that HTTP/2 tells in a field of its own', async () => {
    const policy = parsePolicy(
      'headgate: 1\nidentify: { anonymous: true }\nunidentified: unlimited\nlimits: { calls: { rate: 5/minute, per: address } }\n',
    );
    const ask = await asking(node(policy).wrap((request, response) => void response.end(request.url)));
    expect((await ask('/a/../b'))[1]).toBe('/b');
  });
});
