/* oxlint-disable no-await-in-loop -- requests that follow one another are what is tested */
import { describe, expect, it } from 'vitest';
import type { Finder } from '../../src/http/identify/find/called.ts';
import { checkPolicy, lineOf } from '../../src/policy/index.ts';
import { answered, forwarded, gateOf, type Spec } from '../gate-of.ts';

const policy = (more = '', tail = 'unidentified: 1000/minute'): string =>
  `identify: { session: { cookie: sid, find: sessions${more} } }
limits: { calls: { rate: 1000/minute, per: session } }
respond: { headers: { of: calls, fields: { X-Who: "{= subject.session } {= subject.account } {= subject.seats }" } } }
${tail}`;
const sid = (value: string): Spec => ({ fields: [['Cookie', `sid=${value}`]] });
const gateWith = (sessions: Finder, more?: string, tail?: string): ReturnType<typeof gateOf> =>
  gateOf(policy(more, tail), { finders: { sessions } });
const ACME = { account: 'acme', seats: 3 };

describe('a function that finds callers', () => {
  it('answers at once, or has the request wait', async () => {
    const now = gateWith((credential) => (credential === 'a' ? ACME : undefined));
    expect(forwarded(now.ask(sid('a'))).settle(200)).toEqual(['X-Who', 'a acme 3']);
    expect(answered(now.ask(sid('b'))).status).toBe(401);
    const later = gateWith(async (credential) => (credential === 'a' ? ACME : undefined));
    expect(forwarded(await later.wait(sid('a'))).settle(200)).toEqual(['X-Who', 'a acme 3']);
    expect(answered(await later.wait(sid('b'))).status).toBe(401);
  });

  it('may return any promise', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what is asked is whether one is taken
    const thenable = { then: (resolve: (value: typeof ACME) => void) => resolve(ACME) } as Promise<typeof ACME>;
    expect((await gateWith(() => thenable).wait(sid('a'))).kind).toBe('forward');
  });

  it.each<[string, Finder]>([
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no database'))],
  ])('and %s is a fault: 503, said in the log, free of charge', async (_, finder) => {
    const { wait } = gateWith(finder, '', 'unidentified: 1/minute');
    for (let i = 0; i < 3; i++) {
      const { status, denial, body } = answered(await wait(sid('a')));
      expect([status, denial?.limit, denial?.fault]).toEqual([503, 'unavailable', 'no database']);
      expect(body).not.toContain('database');
    }
  });

  it.each<[unknown, string]>([
    [null, 'neither attributes nor undefined'],
    [true, 'neither'],
    ['acme', 'neither'],
    [[ACME], 'neither'],
    [{ account: { id: 1 } }, '"account" is no short text'],
    [{ account: Number.NaN }, '"account" is no short text'],
    [{ account: 'x'.repeat(1025) }, '"account" is no short text'],
    [{ auth: 'admin' }, '"auth" is no name'],
    [{ address: '127.0.0.1' }, '"address" is no name'],
    [{ session: 'other' }, '"session" is no name'],
    [{ 'a b': 1 }, '"a b" is no name'],
    [JSON.parse('{"__proto__":1}'), '"__proto__" is no name'],
    [Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, i])), 'more than 64'],
  ])('and returns %j is a fault too', async (value, says) => {
    // A program in JavaScript may return anything.
    const { status, denial } = answered(await gateWith(() => value as undefined).wait(sid('a')));
    expect([status, denial?.fault]).toEqual([503, expect.stringContaining(says)]);
  });

  it('gives what the policy takes of it, where the policy says what', async () => {
    const mapped = ', attributes: { account: /org/id, seats: { at: seats, default: 1 } }';
    // The shape is the program's own where the policy says what to take of it.
    const { wait } = gateWith(() => ({ org: { id: 'acme' } }) as unknown as typeof ACME, mapped);
    expect(forwarded(await wait(sid('a'))).settle(200)).toEqual(['X-Who', 'a acme 1']);
    const less = gateWith(() => ({}), mapped);
    expect(answered(await less.wait(sid('a'))).denial?.fault).toContain('"account" is missing');
  });

  it('is given up after 10 seconds', async () => {
    const stop = new AbortController();
    const asked: number[] = [];
    const deadline = (afterMs: number): AbortSignal => {
      asked.push(afterMs);
      return stop.signal;
    };
    const { wait } = gateOf(policy(), { deadline, finders: { sessions: () => new Promise<never>(() => {}) } });
    const waiting = wait(sid('a'));
    stop.abort();
    expect([answered(await waiting).status, asked]).toEqual([503, [10_000]]);
  });

  it('is asked about no more guesses of one address at once than may fail', async () => {
    let calls = 0;
    const { wait } = gateWith(
      async () => {
        calls++;
        return undefined;
      },
      '',
      'unidentified: 10/minute',
    );
    const handled = await Promise.all(Array.from({ length: 1000 }, (_, i) => wait(sid(`s${i}`))));
    expect([calls, handled.filter((one) => answered(one).status === 401).length]).toEqual([10, 10]);
  });

  it('has a thousand calls under way at most', async () => {
    let go: (() => void)[] = [];
    const { wait } = gateWith(
      () => new Promise((resolve) => go.push(() => resolve(undefined))),
      '',
      'unidentified: unlimited',
    );
    const all = Array.from({ length: 1001 }, (_, i) => wait(sid(`s${i}`)));
    expect(answered((await all[1000]) ?? (await wait())).status).toBe(503);
    for (const one of go) one();
    const statuses = (await Promise.all(all)).map((one) => answered(one).status);
    expect(statuses.filter((status) => status === 401).length).toBe(1000);
    go = [];
    // And their places are free again.
    const next = wait(sid('next'));
    for (const one of go) one();
    expect(answered(await next).status).toBe(401);
  });

  it('is missed by name when the gate is made, and told of when the policy is checked', () => {
    expect(() => gateOf(policy())).toThrow(
      /^ERR_FINDER: identify\.session\.find: nobody registered a function "sessions"; .*finders: \{ sessions: … \}\. The headgate command has none/,
    );
    expect(() => gateOf(policy().replace('find: sessions', 'find: toString'), { finders: {} })).toThrow(/toString/);
    const problems = checkPolicy('headgate: 1\nidentify: { session: { cookie: sid, find: sessions } }');
    expect(problems.map((problem) => lineOf(problem))).toEqual([
      'WARN_POLICY_FINDER: identify.session.find: "sessions" is a function that the program around the gate must register; the headgate command has none (line 2:43)',
    ]);
  });
});
