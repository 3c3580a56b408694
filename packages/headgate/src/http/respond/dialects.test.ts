import { describe, expect, it } from 'vitest';
import type { HeaderBlock, Template } from '../../profile/index.ts';
import { block, fieldsOf, tell, text, type Spoken } from '../../../test/http/told-of.ts';
import { compileBlocks, type Ending } from './blocks.ts';

const MINUTE: Spoken = { name: 'a', shown: 120, figures: [118, 31_001, 0] };
const SECOND: Spoken = { name: 'b', shown: 4, windowMs: 1000, figures: [3, 900, 0] };

describe('a header dialect', () => {
  it.each([
    ['epoch', '1775915984'],
    ['epochMs', '1775915983346'],
    ['delta', '32'],
    ['iso', '2026-04-11T13:59:44Z'],
    ['http', 'Sat, 11 Apr 2026 13:59:44 GMT'],
  ] as const)('x-ratelimit writes its reset as %s', (reset, written) => {
    expect(fieldsOf([block({ dialect: 'x-ratelimit', reset })], tell([MINUTE]))).toEqual([
      'X-RateLimit-Limit: 120',
      'X-RateLimit-Remaining: 118',
      `X-RateLimit-Reset: ${written}`,
    ]);
  });

  it('takes another prefix, tells what is used, and leaves out a reset that does not exist', () => {
    const told = tell([{ ...MINUTE, figures: [118, -1, 0] }]);
    expect(fieldsOf([block({ dialect: 'x-ratelimit', prefix: 'X-Rate-Limit-', used: true })], told)).toEqual([
      'X-Rate-Limit-Limit: 120',
      'X-Rate-Limit-Remaining: 118',
      'X-Rate-Limit-Used: 2',
    ]);
  });

  it('draft-03 leads with the first limit on an admission', () => {
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'draft-03' })], tell([MINUTE, SECOND]))).toEqual([
      'RateLimit-Limit: 120, 120;w=60, 4;w=1',
      'RateLimit-Remaining: 118',
      'RateLimit-Reset: 32',
    ]);
  });

  it('draft-03 leads with the binding limit on a denial, and shows the remaining it is told to', () => {
    const told = tell([MINUTE, { ...SECOND, figures: [0, 900, 900] }]);
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'draft-03', denied: -1 })], told, 'denied')).toEqual([
      'RateLimit-Limit: 4, 120;w=60, 4;w=1',
      'RateLimit-Remaining: -1',
      'RateLimit-Reset: 1',
    ]);
  });

  it('shows a limit’s true remaining on a denial that was another’s', () => {
    const told = tell([MINUTE, { ...SECOND, figures: [0, 900, 900] }]);
    expect(fieldsOf([block({ dialect: 'x-ratelimit', denied: -1 })], told, 'denied')).toContain(
      'X-RateLimit-Remaining: 118',
    );
  });

  it('draft-06 writes the policies beside, draft-07 in one dictionary, draft-02 none', () => {
    const told = tell([MINUTE, SECOND]);
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'draft-06' })], told)).toEqual([
      'RateLimit-Policy: 120;w=60, 4;w=1',
      'RateLimit-Limit: 120',
      'RateLimit-Remaining: 118',
      'RateLimit-Reset: 32',
    ]);
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'draft-07' })], told)).toEqual([
      'RateLimit-Policy: 120;w=60, 4;w=1',
      'RateLimit: limit=120, remaining=118, reset=32',
    ]);
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'draft-02' })], told)).toEqual([
      'RateLimit-Limit: 120',
      'RateLimit-Remaining: 118',
      'RateLimit-Reset: 32',
    ]);
  });

  it('ratelimit writes lists of quoted names, and no window where there is none', () => {
    const told = tell([MINUTE, { name: 'b', shown: 5, windowMs: 0, unit: 'bytes', figures: [3, -1, 0] }]);
    expect(fieldsOf([block({ of: ['a', 'b'], dialect: 'ratelimit' })], told)).toEqual([
      'RateLimit-Policy: "a";q=120;w=60, "b";q=5;qu="content-bytes"',
      'RateLimit: "a";r=118;t=32, "b";r=3',
    ]);
  });

  it('ratelimit escapes what a structured string must not hold bare', () => {
    const told = tell([{ ...MINUTE, name: 'a"\\é' }]);
    expect(fieldsOf([block({ of: ['a"\\é'], dialect: 'ratelimit' })], told)).toEqual([
      'RateLimit-Policy: "a\\"\\\\?";q=120;w=60',
      'RateLimit: "a\\"\\\\?";r=118;t=32',
    ]);
  });
});

describe('a header block', () => {
  it('speaks of the tightest limit: the one with the least room, then the later reset', () => {
    const told = tell([{ ...MINUTE, figures: [3, 100, 0] }, SECOND, { ...SECOND, name: 'c', figures: [3, 5000, 0] }]);
    expect(fieldsOf([block({ of: 'tightest', fields: [[['X'], text([{ name: 'name' }])]] })], told)).toEqual(['X: c']);
  });

  it('speaks of the binding limit on a denial', () => {
    const told = tell([
      { ...MINUTE, figures: [0, 500, 500] },
      { ...SECOND, figures: [0, 900, 900] },
    ]);
    expect(fieldsOf([block({ of: 'binding', fields: [[['X'], text([{ name: 'name' }])]] })], told, 'denied')).toEqual([
      'X: b',
    ]);
  });

  it('says nothing of a limit that does not apply', () => {
    expect(fieldsOf([block({ of: ['elsewhere'], dialect: 'x-ratelimit' })], tell([MINUTE]))).toEqual([]);
  });

  it('is written only where and when it is meant to be', () => {
    const admitted = block({ dialect: 'draft-07', only: 'admitted' });
    const denied = block({ dialect: 'draft-07', only: 'denied' });
    const succeeded = block({ dialect: 'draft-07', only: 'succeeded' });
    const elsewhere = block({ dialect: 'draft-07', operations: ['other'] });
    const count = (ending: Ending, one: HeaderBlock): number => fieldsOf([one], tell([MINUTE]), ending).length;
    expect([count('admitted', admitted), count('denied', admitted), count('succeeded', admitted)]).toEqual([2, 0, 2]);
    expect([count('admitted', denied), count('denied', denied), count('succeeded', denied)]).toEqual([0, 2, 0]);
    expect([count('admitted', succeeded), count('denied', succeeded), count('succeeded', succeeded)]).toEqual([
      0, 0, 2,
    ]);
    expect(count('admitted', elsewhere)).toBe(0);
  });

  it('joins the values of fields of one name, or writes them once each, and tells names apart', () => {
    const used: Template = [{ name: 'used' }];
    const named: Template = ['X-USED-', { name: 'window', format: 'SHORT' }];
    const told = tell([MINUTE, SECOND]);
    expect(fieldsOf([block({ of: ['a', 'b'], fields: [[['X-Used'], text(used)]], join: ';' })], told)).toEqual([
      'X-Used: 2;1',
    ]);
    expect(fieldsOf([block({ of: ['a', 'b'], fields: [[['X-Used'], text(used)]], each: true })], told)).toEqual([
      'X-Used: 2',
      'X-Used: 1',
    ]);
    expect(fieldsOf([block({ of: ['a', 'b'], fields: [[named, text(used)]] })], told)).toEqual([
      'X-USED-1M: 2',
      'X-USED-1S: 1',
    ]);
  });

  it('finds the windows of a limit under its name', () => {
    const told = tell([
      { ...MINUTE, name: 'orders.1m' },
      { ...SECOND, name: 'orders.1s' },
      { ...SECOND, name: 'ordersX' },
    ]);
    expect(fieldsOf([block({ of: ['orders'], fields: [[['X'], text([{ name: 'remaining' }])]] })], told)).toEqual([
      'X: 118, 3',
    ]);
  });

  it('cannot be made to begin another field', () => {
    const told = tell([MINUTE], 'GET /x\r\nSet-Cookie: a=b\u0000\u4f60');
    expect(fieldsOf([block({ fields: [[['X-Op'], text([{ name: 'operation' }])]] })], told)).toEqual([
      'X-Op: GET /x  Set-Cookie: a=b ?',
    ]);
  });

  it('owns its fields and every rate-limit field, but only where it writes any', () => {
    const { owns } = compileBlocks([
      block({
        dialect: 'x-ratelimit',
        fields: [
          [['X-Weight-', { name: 'window' }], text(['1'])],
          [['X-Plan'], text(['1'])],
        ],
      }),
    ]);
    expect(['x-ratelimit-limit', 'ratelimit', 'ratelimit-policy', 'x-weight-1m', 'x-plan'].map(owns)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['x-planet', 'retry-after', 'content-type'].map(owns)).toEqual([false, false, false]);
    expect(compileBlocks([]).owns('x-ratelimit-limit')).toBe(false);
  });
});
