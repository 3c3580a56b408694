import type { IncomingMessage } from 'node:http';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import type { AnyStore, Options, Spec } from '../../src/adapters/kit/index.ts';
import { node } from '../../src/adapters/node/index.ts';
import { leaseStore } from '../../src/stores/leased/index.ts';
import { memoryStore } from '../../src/stores/memory/index.ts';
import { redisStore } from '../../src/stores/redis/index.ts';
import { heard } from './heard.ts';

describe('one store', () => {
  const made = (first: Spec, second: Spec, stores: readonly [AnyStore, AnyStore]): unknown => {
    const { warnings, onWarning } = heard();
    node(first, { store: stores[0], onWarning });
    node(second, { store: stores[1], onWarning });
    return warnings.map(({ code, message }) => [code, /\((.*)\)/.exec(message)?.[1]]);
  };
  const shared = (detail: string): unknown => [['WARN_ADAPTER_STORE_SHARED', detail]];

  it.each<[string, Spec, Spec, unknown]>([
    ['under two policies is told', '9/minute', '5/minute', shared('both have limit')],
    ['under policies of other windows, too', '9/minute', '5/hour', shared('none is shared')],
    ['under one policy twice is nothing to tell', '9/minute', '9/minute', []],
  ])('%s', (_, first, second, told) => {
    const store = memoryStore();
    expect(made(first, second, [store, store])).toEqual(told);
  });

  const CLIENTS = {
    ioredis: () => new Redis({ lazyConnect: true }),
    'node-redis': () => createClient(),
  };

  it.each<[string, Spec, Spec, unknown]>([
    ['of one name and window are told', '9/minute', '5/minute', shared('both have limit')],
    ['of other names are nothing to tell', '9/minute', { limits: { login: '5/minute' } }, []],
    ['of other windows are nothing to tell', '9/minute', '5/hour', []],
  ])('that is made twice of one client is one: limits %s', (_, first, second, told) => {
    for (const connect of Object.values(CLIENTS)) {
      const client = connect();
      expect(made(first, second, [redisStore(client), leaseStore(redisStore(client))])).toEqual(told);
      const apart = [redisStore(client, { prefix: 'a:' }), redisStore(client, { prefix: 'b:' })] as const;
      expect(made(first, second, apart)).toEqual([]);
    }
  });
});

describe('an option', () => {
  it.each([
    [
      'a key beside a policy',
      { headgate: 1 } as Spec,
      { key: (): string => 'k' },
      /^ERR_ADAPTER_OPTION: key: a policy says itself/,
    ],
    [
      'a limit per key without one',
      { rate: '1/s', per: 'key' },
      {},
      /^ERR_ADAPTER_OPTION: per: "key" needs the option key/,
    ],
    [
      'a limit per what no caller has',
      { limits: { calls: { rate: '1/s', per: 'ip' } } },
      {},
      /^ERR_ADAPTER_OPTION: limits\.calls\.per: expected one of address, auth, operation, global, got "ip"/,
    ],
    [
      'a limit per two, one of which no caller has',
      { rate: '1/s', per: ['key', 'user'] },
      { key: (): string => 'k' },
      /^ERR_ADAPTER_OPTION: limits\.limit\.per: expected one of address, auth, key, operation, global, got "user"/,
    ],
    [
      'a policy as it is written',
      { headgate: 1, limits: {} } as unknown as Spec,
      {},
      /^ERR_ADAPTER_OPTION: a policy: exp/,
    ],
    [
      'another limiter’s option',
      '1/s',
      { keyGenerator: () => 'k' },
      /^ERR_ADAPTER_OPTION: keyGenerator: expected one of/,
    ],
    ['a key that is no function', '1/s', { key: 'ip' }, /^ERR_ADAPTER_OPTION: key: expected a function, got "ip"/],
    ['one address for a list', '1/s', { trust: '10.0.0.1' }, /^ERR_ADAPTER_OPTION: trust: .* got "10\.0\.0\.1"/],
    ['a range that is none', '1/s', { trust: ['10.0.0.0/33'] }, /^ERR_ADAPTER_OPTION: trust: expected a list of addr/],
    [
      'an option among the limits',
      { limits: { calls: '1/s' }, trust: ['10.0.0.0/8'] },
      {},
      /^ERR_ADAPTER_OPTION: trust: expected beside the limits/,
    ],
    [
      'a rate beside others',
      { rate: '1/s', limits: { calls: '1/s' } },
      {},
      /^ERR_ADAPTER_OPTION: rate: expected beside/,
    ],
    ['a hop count', '1/s', { trust: 1 }, /^ERR_ADAPTER_OPTION: trust: .* got 1/],
    ['a store that is none', '1/s', { store: new Map() }, /^ERR_ADAPTER_OPTION: store: expected a store/],
    ['nothing', '1/s', null, /^ERR_ADAPTER_OPTION: options: expected an object, got null/],
  ] as const)('that is none, or does not go with the others is refused: %s', (_, spec, options, says) => {
    expect(() => node(spec, options as unknown as Options<IncomingMessage>)).toThrow(says);
  });
});
