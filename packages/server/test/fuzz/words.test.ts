/* oxlint-disable vitest/no-conditional-expect, vitest/expect-expect -- a claim is about those inputs that get so far */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArgs } from '../../src/cli/args.ts';
import { readMs } from '../../src/cli/duration.ts';
import { Failure } from '../../src/cli/failure.ts';
import { boundFlags, readBounds, readDuration, readPlace, readUpstream } from '../../src/cli/options.ts';
import { fuzz, LIMIT_MS, pieces } from './fuzz.ts';

const PIECES = [
  '--', '-', '-o', '=', '--upstream', '--listen', '--admin', '--timeout', '--max-requests', '--header-timeout', '--access-log', '--no-access-log', '--lease', '--__proto__', '--constructor',
  'policy.yaml', '10s', '5m', '1h', '0', '-1', '1e9', '1000000001', '99999999999999999999', '0x10', '127.0.0.1', ':8080', ':65536', '[::1]', '[', ']', 'http://', 'https://a', '@', '?', '#', 'a:b@c',
  'file:///etc/passwd', ' ', '\n', '\u0000', '\u001b[2J',
]; // prettier-ignore
const words = fc.array(fc.oneof(fc.constantFrom(...PIECES), pieces(PIECES, 4)), { maxLength: 8 });

/** What a reader gives; a failure that is the user's must say so in one line. */
function read<T>(reader: () => T): T | undefined {
  try {
    return reader();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.message).not.toBe('');
    return undefined;
  }
}

describe('whatever the words of a command', () => {
  it(
    'they are understood, or refused as the user’s',
    () =>
      fuzz(
        words,
        [
          ['--'],
          ['-', '--upstream'],
          ['--upstream=', 'p'],
          ['p', '--max-requests', '0'],
          ['p', '--max-requests=-1'],
          ['p', '--idle-timeout', '0s'],
          ['p', '--__proto__', 'x'],
        ],
        (all) => {
          const args = read(() =>
            readArgs(all, {
              options: ['upstream', 'listen', 'admin', 'timeout', ...boundFlags],
              flags: ['access-log', 'lease'],
              short: { upstream: 'o' },
            }),
          );
          if (args === undefined) return;
          expect(all).toContain(args.policy);
          const bounds = read(() => readBounds(args));
          for (const value of Object.values(bounds ?? {})) expect(Number.isSafeInteger(value) && value > 0).toBe(true);
        },
      ),
    LIMIT_MS,
  );

  it(
    'a place is a host and a port, a duration some ms, an upstream a URL of HTTP without secrets',
    () =>
      fuzz(
        pieces(PIECES, 4),
        [
          '',
          ':',
          '8080',
          '127.0.0.1:99999',
          '[::1]:0',
          'http://a:b@c',
          'http://:b@c',
          'http://a?b',
          'http://a#b',
          'javascript:alert(1)',
          '10parsecs',
          '1e999s',
          '-5s',
        ],
        (text) => {
          const place = read(() => readPlace('listen', text));
          if (place !== undefined)
            expect([place.host === '', place.port >= 0 && place.port <= 65_535]).toEqual([false, true]);
          const ms = read(() => readDuration('timeout', text));
          if (ms !== undefined) expect([Number.isSafeInteger(ms) && ms >= 0, readMs(text)]).toEqual([true, ms]);
          const url = read(() => readUpstream(text));
          if (url !== undefined)
            expect([/^https?:$/.test(url.protocol), url.username + url.password + url.search + url.hash]).toEqual([
              true,
              '',
            ]);
        },
      ),
    LIMIT_MS,
  );
});
