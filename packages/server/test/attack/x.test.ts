import { describe, expect, it } from 'vitest';
import { ask, dial, until, sendRaw } from '../support.ts';
import { ask2, session } from '../http2-support.ts';
import { once } from 'node:events';
import { setUpRaw } from './set-up-raw.ts';
import { OK } from './recorder.ts';
const sleep = (ms:number)=>new Promise(r=>setTimeout(r,ms));
const UP = 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';
const S101 = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const script = (s, m) => { if (m.first.includes('/ws')) s.write(S101 + 'frame'); else setTimeout(() => s.write(OK), 200); };
describe('x', () => {
  for (const [what, bytes] of [
   ['upgrade behind a pending get', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' + UP],
   ['frames before 101', UP + 'early'],
   ['upgrade on 1.0', UP.replace('HTTP/1.1', 'HTTP/1.0')],
   ['upgrade with body', UP.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\nhello')],
   ['upgrade with chunks', UP.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')],
   ['upgrade with length 0', UP.replace('\r\n\r\n', '\r\nContent-Length: 0\r\n\r\n')],
   ['upgrade then get', UP + 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'],
   ['two upgrades', UP.replace('Upgrade: websocket', 'Upgrade: websocket\r\nUpgrade: websocket')],
   ['upgrade with expect', UP.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')],
   ['no connection', UP.replace('Connection: Upgrade', 'Connection: keep-alive')],
   ['two hosts', UP.replace('Host: a', 'Host: a\r\nHost: b')],
   ['get garbage', 'GET / HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n'],
   ['get 1.0 get', 'GET / HTTP/1.0\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ] as const)
  it(what, async () => {
    const { gateway, api } = await setUpRaw({ script });
    const got = await sendRaw(gateway.url, bytes, 700);
    console.log(what, '->', JSON.stringify(got.replace(/Date:[^\r]*\r\n/g, '')), '\n', JSON.stringify(api.streams().map((s) => s.replace(/\r\nX-Forw[^]*\r\n\r\n/, '...'))), (await ask(gateway.url)).status);
  });
});
