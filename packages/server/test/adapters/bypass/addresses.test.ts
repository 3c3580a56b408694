/* oxlint-disable no-await-in-loop -- one attack after another is what is tested */
import { describe, expect, it } from 'vitest';
import { readAll, valuesOf } from '../../attack/wire.ts';
import { sendRaw } from '../../support.ts';
import type { AttackOptions, MakeApp } from './app.ts';
import { APPS } from './apps.ts';
import { request } from './requests.ts';

const PROXY: AttackOptions = { trust: ['127.0.0.1', '10.0.0.0/8'] };

/** Whom a request with these fields was counted to. */
async function subjectOf(
  make: MakeApp,
  options: AttackOptions,
  fields: readonly string[],
): Promise<string | undefined> {
  const app = await make('1000/minute', options);
  try {
    const bytes = await sendRaw(app.url, request('GET /v1/items', ...fields));
    const [answer] = readAll(bytes).messages;
    return valuesOf(answer ?? { fields: [] }, 'x-subject')[0];
  } finally {
    await app.close();
  }
}

describe.each(Object.entries(APPS))('in %s', (_, make) => {
  it.each([
    [['X-Forwarded-For: 203.0.113.7'], '203.0.113.7'],
    [['X-Forwarded-For: 203.0.113.7:4711'], '203.0.113.7'],
    [['X-Forwarded-For: ::ffff:203.0.113.7'], '203.0.113.7'],
    [['X-Forwarded-For: [::ffff:203.0.113.7]:4711'], '203.0.113.7'],
    [['X-Forwarded-For: ::ffff:cb00:7107'], '203.0.113.7'],
    [['X-Forwarded-For: 198.51.100.1, 203.0.113.7'], '203.0.113.7'],
    [['X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: 203.0.113.7'], '203.0.113.7'],
    [['X-Forwarded-For: 203.0.113.7, 10.1.2.3, 127.0.0.1'], '203.0.113.7'],
    [['X-Forwarded-For: 203.0.113.7,'], '127.0.0.1'],
    [['X-Forwarded-For: unknown'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113.07'], '127.0.0.1'],
    [['X-Forwarded-For: 0xcb.0.113.7'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113.7 evil'], '127.0.0.1'],
    [['X-Forwarded-For: 2001:db8:1:2:3:4:5:6'], '2001:db8:1:2::'],
    [['X-Forwarded-For: [2001:DB8:1:2::9]:443'], '2001:db8:1:2::'],
    [['X-Forwarded-For: 2001:0db8:0001:0002:0000:0000:0000:0009'], '2001:db8:1:2::'],
    [['X-Forwarded-For: fe80::1%eth0'], 'fe80::'],
    [['X-Forwarded-For: 203.0.113.7, [fd00::1]:80'], 'fd00::'],
    [['X-Forwarded-For: 203.0.113.7, ::ffff:10.0.0.1'], '203.0.113.7'],
    [['X-Forwarded-For: ::ffff:203.0.113.7%eth0'], '203.0.113.7'],
    [['X-Forwarded-For: ::203.0.113.7'], '::'],
    [['X-Forwarded-For: 64:ff9b::203.0.113.7'], '64:ff9b::'],
    [['X-Forwarded-For: 2002:cb00:7107::1'], '2002:cb00:7107::'],
    [['X-Forwarded-For: [::1]:443'], '::'],
    [['X-Forwarded-For: \t203.0.113.7\t'], '203.0.113.7'],
    [['X-Forwarded-For: "203.0.113.7"'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113.7, localhost'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113.7:999999'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113'], '127.0.0.1'],
    [['X-Forwarded-For: 3405803783'], '127.0.0.1'],
    [['X-Forwarded-For: 0313.0.0161.07'], '127.0.0.1'],
    [['X-Forwarded-For: 203.0.113.7\u00a0'], '127.0.0.1'],
    [[`X-Forwarded-For: 6.6.6.6${', 10.0.0.1'.repeat(40)}`], '10.0.0.1'],
    [['X-Real-IP: 203.0.113.7'], '127.0.0.1'],
    [['Forwarded: for=203.0.113.7'], '127.0.0.1'],
    [['X_Forwarded_For: 203.0.113.7'], '127.0.0.1'],
  ])('behind a proxy that is trusted, %j is counted to %s', async (fields, subject) => {
    expect(await subjectOf(make, PROXY, fields)).toBe(subject);
  });

  it.each([
    ['X-Forwarded-For: 203.0.113.7'],
    ['Forwarded: for=203.0.113.7'],
    ['X-Real-IP: 203.0.113.7'],
    ['X-Forwarded-For: 127.0.0.1, 203.0.113.7'],
  ])('from who is none, %s is counted to the other end of its connection', async (field) => {
    expect(await subjectOf(make, { trust: ['10.0.0.0/8'] }, [field])).toBe('127.0.0.1');
    expect(await subjectOf(make, {}, [field])).toBe('127.0.0.1');
  });

  it('a thousand addresses of one network are one caller', async () => {
    const app = await make('5/24h', PROXY);
    try {
      const asks = Array.from(
        { length: 1000 },
        (__, i) =>
          `GET /v1/items HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 2001:db8:1:2:${(i % 4).toString(16)}:0:0:${i.toString(16)}\r\n${i === 999 ? 'Connection: close\r\n' : ''}\r\n`,
      );
      const { messages } = readAll(await sendRaw(app.url, asks.join('')));
      expect([messages.length, app.ran.length]).toEqual([1000, 5]);
      expect(messages.filter(({ first }) => first.includes(' 429 '))).toHaveLength(995);
    } finally {
      await app.close();
    }
  });
});
