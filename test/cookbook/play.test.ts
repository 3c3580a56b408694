import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { readTrace } from './script.ts';

const POLICY = `headgate: 1
identify: { key: { bearer: true, find: any } }
limits:
  calls: { rate: 2/minute, algorithm: fixed, per: key, when: 'request.path != "/slow"' }
  slow: { rate: 10/minute, algorithm: bucket, per: key, when: 'request.path == "/slow"', past: { delay: { upTo: 10s, queue: 1 } } }
  jobs: { concurrency: 1, per: key, when: 'request.path == "/jobs"' }
respond: { headers: { of: calls, fields: { left: '{remaining}' } }, exceeded: { body: { error: { code: slow } } } }
`;

describe('a trace', () => {
  it.each([
    ['one answer', 'GET / as k -> 200'],
    ['fields, and their absence', 'GET / as k -> 200 | left: 1 | no other'],
    ['a body', '2 x GET / as k -> 200\nGET / as k -> 429 | /error/code = "slow" | says slow'],
    ['what the API answers', 'GET / as k answered 418 [Short: stout] {"a": [1]} -> 418 | short: stout | /a/0 = 1'],
    ['time', '2 x GET / as k -> 200\n+59s999ms\nGET / as k -> 429\n+1ms\nGET / as k -> 200'],
    ['an instant', '2 x GET / as k -> 200\nat 2027-01-01T00:00:00Z\nGET / as k -> 200'],
    ['time between', '9 x GET / as k every 30s -> 200'],
    ['numbers', '9 x GET /{i} as k{i} -> 200 | left: 1'],
    ['what is open', 'GET /jobs as k -> open a\nGET /jobs as k -> 429\nanswer a 201 -> 201\nGET /jobs as k -> 200'],
    ['what is held back', '10 x GET /slow as k -> 200\nGET /slow as k -> held a\n+6s\nanswer a 200 -> 200'],
    ['a line that goes on', 'GET / as k\n  -> 200\n  | left: 1'],
  ])('that is true of %s passes', async (_, trace) => {
    expect(await play(POLICY, trace)).toBeUndefined();
  });

  it.each([
    ['a status', 'GET / as k -> 429', /^GET .* time 1: 200/],
    ['a status after some', '3 x GET / as k -> 200', /time 3: 429/],
    ['a field', 'GET / as k -> 200 | left: 2', /"left","value":"2"\}, got "1"/],
    ['a field that is there', 'GET / as k -> 200 | no left', /"left"\}, got "1"/],
    ['a body', '2 x GET / as k -> 200\nGET / as k -> 429 | /error/code = "fast"', /got "slow"/],
    ['what stands in no body', '2 x GET / as k -> 200\nGET / as k -> 429 | /error/none = 1', /got undefined/],
    ['words', 'GET / as k -> 200 | says other', /got "ok"/],
    ['time', '2 x GET / as k -> 200\n+59s\nGET / as k -> 200', /time 1: 429/],
    ['what is open', '2 x GET / as k -> 200\nGET / as k -> open a', /429 before it reached the API/],
    [
      'what is held back',
      '10 x GET /slow as k -> 200\nGET /slow as k -> held a\n+5s\nanswer a 200 -> 200',
      /is held back/,
    ],
    ['what is not', 'GET / as k -> held a', /has reached the API/],
    ['a name', 'answer a 200 -> 200', /nothing is open/],
  ])('that is wrong about %s says so', async (_, trace, says) => {
    expect((await play(POLICY, trace))?.replaceAll('\n', ' ')).toMatch(says);
  });

  it.each([
    'GET /',
    'GET / -> fine',
    'GET / as -> 200',
    'GET / twice -> 200',
    '+5 minutes',
    'at noon',
    'GET / -> 200 | left',
    'get / -> 200',
  ])('that cannot be read is refused: %s', (line) => {
    expect(() => readTrace(line)).toThrow(/expected|cannot read/);
  });
});
