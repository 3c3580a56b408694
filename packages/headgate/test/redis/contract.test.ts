import { describe, expect, it } from 'vitest';
import { contractSuite } from '../../src/testing/index.ts';
import { CLIENTS } from './clients.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis();

describe.each(Object.keys(CLIENTS))('a redis store over %s', (name) => {
  it.each(contractSuite((clock) => redis.store(name, { clock })))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
