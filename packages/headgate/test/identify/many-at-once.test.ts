/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import { answered, gateOf } from '../gate-of.ts';
import { key, Keys, policy, settled } from './directories.ts';

describe('many at once', () => {
  it('ask once for one credential, whoever they are', async () => {
    const keys = new Keys();
    keys.held = true;
    const { wait } = gateOf(policy(), { fetch: keys.fetch });
    const all = Array.from({ length: 200 }, (_, i) => wait(key('good', `192.0.2.${i}`)));
    await settled();
    expect(keys.calls.length).toBe(1);
    keys.answer();
    const handled = await Promise.all(all);
    expect(new Set(handled.map(({ kind }) => kind))).toEqual(new Set(['forward']));
    expect(keys.calls.length).toBe(1);
  });

  it('ask for as many as the policy says, and the others wait their turn', async () => {
    const keys = new Keys();
    keys.held = true;
    const { wait } = gateOf(policy(', concurrent: 4', ''), { fetch: keys.fetch });
    const all = Array.from({ length: 10 }, (_, i) => wait(key(`bad-${i}`, `192.0.2.${i}`)));
    const waves: number[] = [];
    while (waves.reduce((sum, wave) => sum + wave, 0) < 10) {
      await settled();
      waves.push(keys.waiting);
      keys.answer();
    }
    await Promise.all(all);
    expect(waves).toEqual([4, 4, 2]);
  });

  it('are told that nobody can tell when a thousand wait already', async () => {
    const keys = new Keys();
    keys.held = true;
    const { wait } = gateOf(policy(', concurrent: 1', '', 'unidentified: unlimited'), { fetch: keys.fetch });
    const all = Array.from({ length: 1002 }, (_, i) => wait(key(`bad-${i}`)));
    await settled();
    const last = answered((await all[1001]) ?? (await wait()));
    expect([last.status, last.denial?.fault]).toEqual([503, expect.stringContaining('1000 calls wait')]);
    keys.held = false;
    keys.answer();
    const statuses = (await Promise.all(all)).map((one) => answered(one).status);
    expect(statuses.filter((status) => status === 401).length).toBe(1001);
  });

  it('wrong keys of one address ask no more often than it may fail, and the rest is told to wait', async () => {
    const keys = new Keys();
    keys.held = true;
    const { wait, clock } = gateOf(policy('', '', 'unidentified: 10/minute'), { fetch: keys.fetch });
    const all = Array.from({ length: 1000 }, (_, i) => wait(key(`guess-${i}`)));
    await settled();
    expect(keys.calls.length).toBe(10);
    keys.answer();
    const statuses = (await Promise.all(all)).map((one) => answered(one).status);
    expect(statuses.filter((status) => status === 401).length).toBe(10);
    expect(statuses.filter((status) => status === 429).length).toBe(990);
    // Nothing is left, neither for a good key nor for others one by one.
    expect(answered(await wait(key('good'))).status).toBe(429);
    for (let i = 0; i < 50; i++) expect(answered(await wait(key(`later-${i}`))).status).toBe(429);
    expect(keys.calls.length).toBe(10);
    clock.nowMs += 60_000 + 3_750;
    keys.held = false;
    expect((await wait(key('good'))).kind).toBe('forward');
  });

  it('are no more guesses however they follow one another', async () => {
    const keys = new Keys();
    const { wait } = gateOf(policy(', concurrent: 3', '', 'unidentified: 10/minute'), { fetch: keys.fetch });
    const guess = async (row: number): Promise<void> => {
      for (let i = 0; i < 20; i++) await wait(key(`${row}-${i}`));
    };
    await Promise.all(Array.from({ length: 50 }, (_, row) => guess(row)));
    expect(keys.calls.length).toBe(10);
  });

  it('good keys of one address leave it all it had', async () => {
    const keys = new Keys();
    keys.held = true;
    keys.known = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`good-${i}`, {}]));
    const { wait } = gateOf(policy('', '', 'unidentified: 10/minute'), { fetch: keys.fetch });
    for (const first of [0, 10, 20]) {
      const ten = Array.from({ length: 10 }, (_, i) => wait(key(`good-${first + i}`)));
      await settled();
      // The eleventh at once is told to come back in a second: what is under way may fail.
      const eleventh = answered(await wait(key('another')));
      expect([eleventh.status, eleventh.field('Retry-After'), eleventh.denial?.limit]).toEqual([
        429,
        '1',
        'unidentified',
      ]);
      keys.answer();
      const kinds = (await Promise.all(ten)).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['forward']));
    }
  });
});
