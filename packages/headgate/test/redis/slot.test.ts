import { expect, it } from 'vitest';
import { slotOf } from '../../src/stores/redis/port/slot.ts';
import { OwnRedis } from './set-up.ts';

const redis = new OwnRedis('--cluster-enabled', 'yes');

it.each(['', 'a', '1', 'zz9', '123456789', '4f1k', 'mmmm', '0000'])(
  'the slot of {%s} is the one that Redis says',
  async (tag) => {
    const key = tag === '' ? '' : `headgate:{${tag}}1:k`;
    expect(slotOf(tag)).toBe(await redis.over('ioredis').command('CLUSTER', 'KEYSLOT', key));
  },
);
