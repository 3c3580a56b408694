import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import type { AsyncStore } from '../../src/core/index.ts';
import { node, type Middleware } from '../../src/adapters/node/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { laterStore } from '../later/later-store.ts';
import { listening } from './framework.ts';
import { closeAfterwards } from './set-up.ts';

const ONE_AT_ONCE = parsePolicy(`
headgate: 1
identify: { anonymous: true }
limits: { running: { concurrency: 1, per: address } }
`);

/** A store that answers when it is let. */
class Pausing {
  #wait: Promise<void> = Promise.resolve();
  readonly store: AsyncStore;
  resume: () => void = () => undefined;

  constructor() {
    const store = laterStore(memoryStore());
    this.store = {
      traits: store.traits,
      apply: async (step, deadlineMs) => {
        await this.#wait;
        return store.apply(step, deadlineMs);
      },
      close: () => store.close(),
    };
  }

  pause(): void {
    this.#wait = new Promise((resolve) => (this.resume = resolve));
  }
}

type Gates = (paused: Pausing) => readonly [first: Middleware<IncomingMessage>, second: Middleware<IncomingMessage>];

const options = { onWarning: (): void => undefined, storeDeadlineMs: 60_000 };

const GATES: Readonly<Record<string, Gates>> = {
  'a route': ({ store }) => {
    const gate = node(ONE_AT_ONCE, { ...options, store });
    return [gate, gate.route({ limits: { few: { rate: '100/minute', per: 'address' } } })];
  },
  'the next gate': ({ store }) => [node(ONE_AT_ONCE, options), node(ONE_AT_ONCE, { ...options, store })],
};

it.each(Object.entries(GATES))(
  'what is held is free where its caller left while %s asked its store',
  async (_, make) => {
    const pausing = new Pausing();
    const [first, second] = make(pausing);
    let meet: (response: ServerResponse) => void = () => undefined;
    const met = new Promise<ServerResponse>((resolve) => (meet = resolve));
    const server = createServer((request, response) =>
      first(request, response, () => {
        if (request.url === '/left') {
          pausing.pause();
          meet(response);
        }
        second(request, response, () => response.end());
      }),
    );
    const { url, close } = await listening(server);
    closeAfterwards(close);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /left HTTP/1.1\r\nHost: a\r\n\r\n');
    const gone = once(await met, 'close');
    socket.destroy();
    await gone;
    pausing.resume();
    await expect.poll(async () => (await fetch(url)).status).toBe(200);
  },
);
