import fc from 'fast-check';
import { parseDictionary, parseItem, parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import type { HeaderBlock } from '../../src/profile/index.ts';
import { block, fieldsOf, tell, type Spoken } from './told-of.ts';

/*
 * The examples of draft-ietf-httpapi-ratelimit-headers, of each version that is a dialect, quoted with their sections.
 * Spaces after commas are those of a canonical list (RFC 9651 4.1.1), which the drafts do not always write.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const limit = (name: string, shown: number, windowMs: number, remaining: number, resetInMs: number): Spoken => ({
  name,
  shown,
  windowMs,
  figures: [remaining, resetInMs, 0],
});
const denied = (spoken: Spoken, waitMs: number): Spoken => ({
  ...spoken,
  figures: [spoken.figures[0], spoken.figures[1], waitMs],
});
const written = (dialect: HeaderBlock['dialect'] & string, limits: readonly Spoken[], more = {}): string[] =>
  fieldsOf([block({ dialect, of: limits.map(({ name }) => name), ...more })], tell(limits));

const TEN_SECONDS = [limit('a', 100, 10_000, 50, 5000)];
const WINDOWS = [
  limit('a', 10, 1000, 10, 1000),
  limit('b', 50, 60_000, 50, 60_000),
  limit('c', 1000, HOUR, 1000, HOUR),
  limit('d', 5000, DAY, 5000, DAY),
];
/** "Use with multiple windows": of 5000 a day 4900 are used after 14 hours, and 1000 an hour. */
const HOURLY = limit('hour', 1000, HOUR, 1000, HOUR);
const DAILY = limit('day', 5000, DAY, 100, 10 * HOUR);

describe('draft-02', () => {
  it('tells three figures (3)', () => {
    expect(written('draft-02', [limit('a', 10, 10_000, 1, 7000)])).toEqual([
      'RateLimit-Limit: 10',
      'RateLimit-Remaining: 1',
      'RateLimit-Reset: 7',
    ]);
  });

  it('has its policies in RateLimit-Limit when the block writes them (5.1)', () => {
    const policy = [{ name: 'limit' }, ';w=10'];
    expect(written('draft-02', TEN_SECONDS, { policy })[0]).toBe('RateLimit-Limit: 100, 100;w=10');
  });
});

describe('draft-03', () => {
  it('lists the policies after the limit (5.1)', () => {
    expect(written('draft-03', TEN_SECONDS)[0]).toBe('RateLimit-Limit: 100, 100;w=10');
    expect(written('draft-03', WINDOWS)[0]).toBe('RateLimit-Limit: 10, 10;w=1, 50;w=60, 1000;w=3600, 5000;w=86400');
  });

  it('leads with the limit that the block names first ("Use with multiple windows")', () => {
    const fields = fieldsOf([block({ dialect: 'draft-03', of: ['day', 'hour'] })], tell([HOURLY, DAILY]));
    expect(fields).toEqual([
      'RateLimit-Limit: 5000, 5000;w=86400, 1000;w=3600',
      'RateLimit-Remaining: 100',
      'RateLimit-Reset: 36000',
    ]);
  });

  it('owes a window to each policy (2.3), so that a limit without one is not listed', () => {
    expect(written('draft-03', [limit('a', 15, 0, 4, DAY), HOURLY])[0]).toBe('RateLimit-Limit: 15, 1000;w=3600');
  });

  it('resets when Retry-After says (3), and tells nothing where there is no reset', () => {
    const sliding = denied(limit('a', 10, 60_000, 0, 59_000), 5001);
    expect(written('draft-03', [sliding])[2]).toBe('RateLimit-Reset: 6');
    expect(written('draft-03', [limit('a', 10, 0, 4, -1)])).toEqual([]);
  });
});

describe('draft-06', () => {
  it('lists the policies in a field of their own (3.2)', () => {
    expect(written('draft-06', TEN_SECONDS).slice(0, 2)).toEqual([
      'RateLimit-Policy: 100;w=10',
      'RateLimit-Limit: 100',
    ]);
    expect(written('draft-06', WINDOWS)[0]).toBe('RateLimit-Policy: 10;w=1, 50;w=60, 1000;w=3600, 5000;w=86400');
  });

  it('never lists two policies of one number of units (3.2): the longer window allows less', () => {
    const invalid = [limit('a', 10, 1000, 9, 1000), limit('b', 10, 60_000, 9, 60_000)];
    expect(written('draft-06', invalid)[0]).toBe('RateLimit-Policy: 10;w=60');
    const same = [limit('a', 10, 1000, 9, 1000), limit('b', 10, 1000, 9, 60_000)];
    expect(written('draft-06', same)[0]).toBe('RateLimit-Policy: 10;w=1');
  });

  it('is what "Use with multiple windows" shows', () => {
    const fields = fieldsOf([block({ dialect: 'draft-06', of: ['day', 'hour'] })], tell([HOURLY, DAILY]));
    expect(fields).toEqual([
      'RateLimit-Policy: 5000;w=86400, 1000;w=3600',
      'RateLimit-Limit: 5000',
      'RateLimit-Remaining: 100',
      'RateLimit-Reset: 36000',
    ]);
  });
});

describe('draft-07', () => {
  it('is one dictionary, beside the policies (3.5)', () => {
    expect(written('draft-07', TEN_SECONDS)).toEqual([
      'RateLimit-Policy: 100;w=10',
      'RateLimit: limit=100, remaining=50, reset=5',
    ]);
    expect(written('draft-07', WINDOWS)[0]).toBe('RateLimit-Policy: 10;w=1, 50;w=60, 1000;w=3600, 5000;w=86400');
  });

  it('tells what is left when nothing is (4)', () => {
    expect(written('draft-07', [limit('a', 10, 0, 0, 10_000)])).toEqual(['RateLimit: limit=10, remaining=0, reset=10']);
  });

  it('owes a reset (3.1), so that a limit without one is not told', () => {
    expect(written('draft-07', [limit('a', 10, 0, 4, -1)])).toEqual([]);
  });
});

describe('draft-11', () => {
  it('names each policy (3, 3.2)', () => {
    const policy = (...limits: Spoken[]): string | undefined => written('ratelimit', limits)[0];
    expect(policy(limit('burst', 100, 60_000, 1, 1), limit('daily', 1000, DAY, 1, 1))).toBe(
      'RateLimit-Policy: "burst";q=100;w=60, "daily";q=1000;w=86400',
    );
    expect(policy(limit('default', 100, 10_000, 1, 1))).toBe('RateLimit-Policy: "default";q=100;w=10');
    expect(policy(limit('permin', 50, 60_000, 1, 1), limit('perhr', 1000, HOUR, 1, 1))).toBe(
      'RateLimit-Policy: "permin";q=50;w=60, "perhr";q=1000;w=3600',
    );
  });

  it('tells units and partition keys (3.2)', () => {
    const key = Buffer.from('sdfjLJUOUH==', 'base64').toString('hex');
    const peruser = { ...limit('peruser', 65_535, 10_000, 1, 1), unit: 'bytes', bucket: key };
    const fields = written('ratelimit', [peruser], { partition: true });
    // The draft's own key has bits after its last byte, which base64 leaves 0 (RFC 4648 3.5).
    expect(fields[0]).toBe('RateLimit-Policy: "peruser";q=65535;qu="content-bytes";w=10;pk=:sdfjLJUOUA==:');
  });

  it('tells what is left of each (4.2)', () => {
    expect(written('ratelimit', [limit('default', 100, 60_000, 50, 30_000)])[1]).toBe('RateLimit: "default";r=50;t=30');
    const trial = { ...limit('default', 1000, 0, 999, -1), bucket: Buffer.from('trial121323').toString('hex') };
    expect(written('ratelimit', [trial], { partition: true })[1]).toBe(
      'RateLimit: "default";r=999;pk=:dHJpYWwxMjEzMjM=:',
    );
    const app = { ...limit('default', 1e9, 60_000, 3e8, 60_000), bucket: Buffer.from('App-999').toString('hex') };
    expect(written('ratelimit', [app], { partition: true })[1]).toBe(
      'RateLimit: "default";r=300000000;t=60;pk=:QXBwLTk5OQ==:',
    );
  });

  it('is what its appendix shows of several policies', () => {
    expect(fieldsOf([block({ dialect: 'ratelimit', of: 'tightest' })], tell([{ ...DAILY, name: 'dayLimit' }]))[1]).toBe(
      'RateLimit: "dayLimit";r=100;t=36000',
    );
  });

  it('never has Retry-After before t (6), nor less than nothing left (4.1.1)', () => {
    const refusing = denied(limit('a', 10, 60_000, 0, 59_000), 5001);
    expect(written('ratelimit', [refusing], { denied: -1 })[1]).toBe('RateLimit: "a";r=0;t=6');
  });

  it('keeps units that no registry knows to itself (3.1.2)', () => {
    expect(written('ratelimit', [{ ...limit('a', 9, 1000, 1, 1), unit: 'AI "desc"' }])[0]).toBe(
      'RateLimit-Policy: "a";q=9;headgate-unit="AI \\"desc\\"";w=1',
    );
  });
});

describe('every draft', () => {
  const spoken: fc.Arbitrary<Spoken> = fc.record({
    name: fc.string({ unit: 'binary', minLength: 1 }),
    shown: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    windowMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 50 })),
    unit: fc.oneof(fc.constant('requests'), fc.constant('bytes'), fc.string({ unit: 'binary' })),
    figures: fc.tuple(
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: -1, max: 2 ** 50 }),
      fc.integer({ min: -1, max: 2 ** 50 }),
    ),
    bucket: fc.constant('00ff'),
  });
  const PARSERS: Readonly<Record<string, (value: string) => unknown>> = {
    'draft-02 RateLimit-Limit': parseItem,
    'draft-03 RateLimit-Limit': parseList,
    'draft-06 RateLimit-Limit': parseItem,
    'draft-07 RateLimit': parseDictionary,
    'ratelimit RateLimit': parseList,
  };

  it.each(['draft-02', 'draft-03', 'draft-06', 'draft-07', 'ratelimit'] as const)(
    '%s is read by a parser of structured fields, whatever the limits',
    (dialect) => {
      const one = fc.array(spoken, { minLength: 1, maxLength: 5 });
      fc.assert(
        fc.property(one, fc.integer({ min: -5, max: 5 }), fc.boolean(), (limits, least, partition) => {
          for (const field of written(dialect, limits, { denied: least, ...(partition && { partition }) })) {
            const [name = '', value = ''] = field.split(/: (.*)/s);
            const parse = name === 'RateLimit-Policy' ? parseList : (PARSERS[`${dialect} ${name}`] ?? parseItem);
            expect(() => parse(value)).not.toThrow();
          }
        }),
      );
    },
  );
});
