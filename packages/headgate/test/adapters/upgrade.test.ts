import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { node } from '../../src/adapters/node/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { listening } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

const POLICY = parsePolicy(`
headgate: 1
identify: { key: { header: X-API-Key, find: who }, anonymous: true }
unidentified: unlimited
limits: { running: { concurrency: 1, per: address } }
`);
const SWITCH = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';

it('what a server does when a connection is to be switched fails as it would without a gate, and holds nothing', async () => {
  const [faults, own]: [unknown[], unknown[]] = [[], []];
  const onFault = (fault: unknown): void => void faults.push(fault);
  const gate = node(POLICY, { onFault, finders: { who: async () => ({}) } });
  const server = createServer(gate.wrap((_request, response) => response.end()));
  const handle = gate.upgrade(() => {
    throw new Error('its own');
  });
  server.on('upgrade', (request, socket, head) => {
    try {
      handle(request, socket, head);
    } catch (error) {
      own.push(error);
      socket.destroy();
    }
  });
  const { url, close } = await listening(server);
  closeAfterwards(close);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${SWITCH}\r\n`);
  await once(socket, 'close');
  expect([own, faults]).toEqual([[new Error('its own')], []]);
  await expect.poll(async () => (await fetch(url)).status).toBe(200);
});

it('a connection that is refused is told why, where somebody had to be asked, too', async () => {
  const gate = node(POLICY, { finders: { who: () => Promise.reject(new Error('the directory is down')) } });
  const server = createServer().on(
    'upgrade',
    gate.upgrade((_request, socket) => socket.destroy()),
  );
  const { url, close } = await listening(server);
  closeAfterwards(close);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${SWITCH}X-API-Key: k\r\n\r\n`);
  const [piece] = (await once(socket, 'data')) as [Buffer];
  expect(String(piece)).toMatch(/^HTTP\/1\.1 503 /);
});
