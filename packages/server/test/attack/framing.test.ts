import { describe, expect, it } from 'vitest';
import { ask, sendRaw } from '../support.ts';
import { setUpRaw } from './set-up-raw.ts';
import { PASSED, REFUSED, TORN } from './framings.ts';
import { readAll, valuesOf } from './wire.ts';

/** A sound request behind the one in question, on the same connection. */
const PROBE = 'GET /probe HTTP/1.1\r\nHost: a\r\nX-API-Key: probe\r\nConnection: close\r\n\r\n';
const POLICY = `
headgate: 1
identify: { key: { header: X-API-Key, find: any }, anonymous: true }
unidentified: 2/hour
limits:
  calls: { rate: 5/minute, algorithm: fixed, per: key, when: 'subject.auth == "key"' }
respond: { headers: { of: calls, dialect: x-ratelimit } }
`;
const WAIT_MS = 3000;

const statusesIn = (bytes: string): number[] =>
  readAll(bytes, (first) => /^HTTP\/1\.1 (?:1\d\d|204)/.test(first)).messages.map(({ first }) =>
    Number(first.split(' ')[1]),
  );
const pathsOf = (requests: readonly { readonly first: string }[]): string[] =>
  requests.map(({ first }) => first.split(' ').slice(0, 2).join(' '));

describe('never forwarded, counted, and the connection ends or stays in step:', () => {
  it.each(REFUSED)('%s', async (_, bytes, status) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    const [refusal, ...behind] = statusesIn(await sendRaw(gateway.url, bytes + PROBE, WAIT_MS));
    expect(refusal).toBe(status);
    expect(behind).toEqual(pathsOf(api.heard().requests).map(() => 200));
    expect(pathsOf(api.heard().requests).filter((each) => each !== 'GET /base/probe')).toEqual([]);
    expect([api.heard().faults, api.heard().rest]).toEqual([[], '']);
    // Two failures an hour: this one and the one above.
    await sendRaw(gateway.url, 'garbage\r\n\r\n', WAIT_MS);
    expect((await ask(gateway.url, { headers: { 'X-API-Key': 'k' } })).status).toBe(429);
  });
});

describe('taken back, and nothing behind it is served:', () => {
  it.each(TORN)('%s', async (_, bytes) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    const statuses = statusesIn(await sendRaw(gateway.url, bytes + PROBE, WAIT_MS));
    expect(statuses.filter((status) => status !== 400 && status !== 431)).toEqual([]);
    expect([api.heard().requests, api.heard().faults]).toEqual([[], []]);
  });
});

describe('forwarded once, in one form, and charged once:', () => {
  it.each(PASSED)('%s', async (_, bytes, request, body) => {
    const { gateway, api } = await setUpRaw({ policy: POLICY });
    const keyed = bytes.replace('Host: a\r\n', 'Host: a\r\nX-API-Key: k\r\n');
    const answers = await sendRaw(gateway.url, keyed + PROBE, WAIT_MS);
    expect(statusesIn(answers)).toEqual([200, 200]);
    const { requests: heard, faults, rest } = api.heard();
    // Each came on a connection of its own, in the order of those.
    const requests = heard.toSorted(
      (one, other) => Number(one.first.includes('/probe')) - Number(other.first.includes('/probe')),
    );
    expect([pathsOf(requests), requests.map((each) => each.body), faults, rest]).toEqual([
      [request, 'GET /base/probe'],
      [body, ''],
      [],
      '',
    ]);
    expect(requests.map((each) => [valuesOf(each, 'host').length, valuesOf(each, 'x-api-key')])).toEqual([
      [1, ['k']],
      [1, ['probe']],
    ]);
    expect((await ask(gateway.url, { headers: { 'X-API-Key': 'k' } })).headers['x-ratelimit-remaining']).toBe('3');
  });
});
