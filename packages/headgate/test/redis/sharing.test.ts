import { afterEach, describe, expect, it } from 'vitest';
import { throughRedis, type RedisClient } from '../../src/client-redis/index.ts';
import type { Message } from '../../src/client/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { startRedis, until } from './server.ts';

/*
 * Who leads among processes that share a pacer through Redis, each with a client of its own. Four whole processes at work on one key are
 * in test/house/share.test.ts.
 */

const KEY = 'headgate:share:api';
const ending: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

/** One process, as far as Redis sees it. */
class Member {
  readonly heard: Message[] = [];
  leads = false;
  readonly stop: () => void;
  readonly say: (message: Message) => void;

  constructor({ client, close }: Connected) {
    const { channel, elect } = throughRedis(client as RedisClient & typeof client, 'api');
    channel.listen((message) => this.heard.push(message));
    this.say = channel.post;
    this.stop = elect(
      () => (this.leads = true),
      () => (this.leads = false),
    );
    ending.push(close, this.stop);
  }
}

describe.each(Object.entries(CLIENTS))('processes that share through Redis, over %s', (_, connect) => {
  async function start(count: number) {
    const server = await startRedis();
    ending.push(() => server[Symbol.asyncDispose]());
    const { command, close } = await connect(server.port);
    ending.push(close);
    const members: Member[] = [];
    for (let i = 0; i < count; i++) members.push(new Member(await connect(server.port)));
    const leaders = (): Member[] => members.filter(({ leads }) => leads);
    await until('one that leads', () => leaders().length === 1);
    return { server, command, members, leaders };
  }

  it('hear each other, but not themselves, and nothing that others say there', async () => {
    const { members, command } = await start(2);
    const [one, other] = members;
    await until('all to listen', async () => String(await command('PUBSUB', 'NUMSUB', KEY)).endsWith('2'));
    for (const words of ['', 'hello', `${'-'.repeat(36)}{"is":`, `${'-'.repeat(36)}null`])
      await command('PUBLISH', KEY, words);
    one?.say({ is: 'leave', from: 'a', id: 7 });
    await until('it to be heard', () => other?.heard.some(({ is }) => is === 'leave') ?? false);
    expect(one?.heard.filter(({ is }) => is === 'leave')).toEqual([]);
  });

  it('are led by one, whose key has a lifetime; when it leaves, another leads', async () => {
    const { members, leaders, command } = await start(3);
    const lifetimeMs = Number(await command('PTTL', KEY));
    expect(lifetimeMs).toBeGreaterThan(0);
    expect(lifetimeMs).toBeLessThanOrEqual(3000);
    const [first] = leaders();
    first?.stop();
    await until('another that leads', () => members.some((one) => one !== first && one.leads));
    expect(members.filter((one) => one !== first && one.leads)).toHaveLength(1);
  });

  it('follow whoever holds the key, who led too long without it', async () => {
    const { leaders, command } = await start(1);
    const [only] = leaders();
    await command('SET', KEY, 'another', 'PX', '60000');
    await until('it to follow', () => only?.leads === false);
    expect(only?.heard.at(-1)).toBeUndefined();
    await command('DEL', KEY);
    await until('it to lead again', () => only?.leads === true);
  });

  it('lead themselves while Redis is gone, and are led by one when it is back', async () => {
    const { server, members, leaders } = await start(2);
    await server.kill();
    await until('each to lead', () => leaders().length === members.length);
    await server.start();
    await until('one of them to lead', () => leaders().length === 1);
    expect(members.flatMap(({ heard }) => heard.map(({ is }) => is))).toContain('lead');
  });
});

describe('a client that is neither', () => {
  it('is refused, with the reason', () => {
    expect(() => throughRedis({} as RedisClient, 'api')).toThrow(
      'throughRedis: expected a client of ioredis, or of redis (node-redis) 5 or later',
    );
  });
});
