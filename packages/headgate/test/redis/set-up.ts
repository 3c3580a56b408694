import { afterAll, beforeAll } from 'vitest';
import { redisStore, type RedisStore, type RedisStoreOptions } from '../../src/stores/redis/index.ts';
import { CLIENTS, type Connected } from './clients.ts';
import { expectLifetimes } from './keyspace.ts';
import { startRedis, type RedisServer } from './server.ts';

let prefixes = 0;

/** One redis-server for a file of tests, and a client of each sort. At the end, every key of it must have a lifetime. */
export class OwnRedis {
  server!: RedisServer;
  readonly #connected: Map<string, Connected> = new Map();
  readonly #stores: RedisStore[] = [];

  constructor(...options: readonly string[]) {
    beforeAll(async () => {
      this.server = await startRedis(...options);
      for (const [name, connect] of Object.entries(CLIENTS)) this.#connected.set(name, await connect(this.server.port));
    });
    afterAll(async () => {
      for (const store of this.#stores) await store.close();
      await expectLifetimes(this.over('ioredis'));
      for (const { close } of this.#connected.values()) close();
      await this.server[Symbol.asyncDispose]();
    });
  }

  over(name: string): Connected {
    const found = this.#connected.get(name);
    if (found === undefined) throw new Error(`${name}: expected one of ${Object.keys(CLIENTS).join()}`);
    return found;
  }

  /** A store over one of the clients, that shares nothing with those before unless it is given their prefix. */
  store(name: string, options: RedisStoreOptions = {}): RedisStore {
    const store = redisStore(this.over(name).client, { prefix: `t${prefixes++}:`, ...options });
    this.#stores.push(store);
    return store;
  }
}
