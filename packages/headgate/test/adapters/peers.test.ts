/* oxlint-disable no-await-in-loop -- one after another */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetch as wrap } from '../../src/adapters/fetch/index.ts';
import { hono } from '../../src/adapters/hono/index.ts';
import type { Options } from '../../src/adapters/kit/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { heard } from './heard.ts';
import { closeAfterwards } from './set-up.ts';

type Peer = (request: Request, ...more: never[]) => string | undefined;

describe('who is at the other end', () => {
  it.each<[string, Peer]>([
    ['the first of a list', (request) => request.headers.get('x-forwarded-for')?.split(',')[0]],
    ['a list', (request) => request.headers.get('X-Forwarded-For') ?? undefined],
    ['a list by its grammar', (request) => /for=([^;,]+)/.exec(request.headers.get('forwarded') ?? '')?.[1]],
  ])('is told to be a caller’s to choose where it is read of %s', (_, peer) => {
    const { codes, onWarning } = heard();
    wrap('9/minute', { peer: peer, onWarning });
    hono('9/minute', { peer: peer as unknown as () => undefined, onWarning });
    expect(codes()).toEqual(['WARN_ADAPTER_PEER_CHOSEN', 'WARN_ADAPTER_PEER_CHOSEN']);
  });

  const FIELDS = { 'X-Real-IP': '203.0.113.7', 'CF-Connecting-IP': '203.0.113.7', 'X-Forwarded-For': '203.0.113.7' };

  it.each<[string, Peer]>([
    ['Vercel’s', (request) => request.headers.get('x-real-ip') ?? undefined],
    ['Cloudflare’s', (request) => request.headers.get('cf-connecting-ip') ?? undefined],
    ['the last of a list', (request) => request.headers.get('x-forwarded-for')?.split(',').at(-1)],
  ])('is nothing to tell where a field says it that the platform writes: %s', async (_, peer) => {
    const { codes, onWarning } = heard();
    const handler = wrap('9/minute', { peer: peer, onWarning, clock: manualClock() })(() => new Response());
    for (let i = 0; i < 2; i++) {
      const { headers } = await handler(new Request('http://api.example/', { headers: FIELDS }));
      expect(headers.get('ratelimit')).toBe(`"limit";r=${8 - i};t=64`);
    }
    expect(codes()).toEqual([]);
  });

  it.each<[string, Options<IncomingMessage>, readonly string[]]>([
    ['is nobody over a Unix socket, which is told once', {}, ['WARN_ADAPTER_PEER_NONE']],
    ['is nothing to tell there where a key says who asks', { key: () => 'k' }, []],
  ])('%s', async (_, options, told) => {
    const { codes, onWarning } = heard();
    const folder = mkdtempSync(join(tmpdir(), 'headgate-'));
    const socketPath = join(folder, 'socket');
    const server = createServer(node('9/minute', { onWarning, ...options }).wrap((__, response) => response.end()));
    server.listen(socketPath);
    await once(server, 'listening');
    closeAfterwards(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    });
    for (let i = 0; i < 2; i++) {
      const [response] = (await once(get({ socketPath, agent: false }), 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
    }
    expect(codes()).toEqual(told);
  });

  it('does not matter where a gate stands alone as a listener, which is refused with what to do', () => {
    const gate = node('9/minute');
    expect(() => gate({} as IncomingMessage, {} as never, undefined as never)).toThrow(
      /^ERR_ADAPTER_OPTION: a listener: expected gate\.wrap\(listener\)/,
    );
  });
});
