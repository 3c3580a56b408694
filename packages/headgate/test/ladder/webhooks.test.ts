/* oxlint-disable no-await-in-loop -- one turn after another */
import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { Courier } from '../../src/http/notify/courier.ts';
import type { Fetch, Reply } from '../../src/http/outside.ts';
import { gateOf, KEY } from '../gate-of.ts';

const HOUR = 3_600_000;
const URL_ = 'https://ops.example/hook';

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Answer = number | Error | Promise<Reply>;

/** Signatures under way: they are made in threads, which a busy machine may keep waiting for any number of turns. */
const signing = vi.hoisted(() => new Set<Promise<string>>());

vi.mock(import('../../src/http/notify/sign.ts'), async (load) => {
  const { createSign } = await load();
  return {
    createSign: (secret) => {
      const sign = createSign(secret);
      return (...message) => {
        const signed = sign(...message);
        signing.add(signed);
        return signed.finally(() => signing.delete(signed));
      };
    },
  };
});

/** A courier on a clock that is moved by hand, before a receiver that answers as it is told. */
function courier(answer: (post: Post) => Answer) {
  let nowMs = 1_700_000_000_000;
  const timers: { readonly atMs: number; readonly work: () => void }[] = [];
  const posts: Post[] = [];
  const troubles: string[] = [];
  const fetch: Fetch = async (url, { headers, body = '' }) => {
    const post = { url, headers, body };
    posts.push(post);
    const said = answer(post);
    if (said instanceof Error) throw said;
    return typeof said === 'number' ? { status: said, body: null } : said;
  };
  const made = new Courier({
    fetch,
    deadline: () => new AbortController().signal,
    nowMs: () => nowMs,
    later: (afterMs, work) => {
      const timer = { atMs: nowMs + afterMs, work };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    onTrouble: (_, detail) => troubles.push(detail),
  });
  /** Everything that needs no time is done. */
  const settle = async (): Promise<void> => {
    for (let still = 0; still < 20; still = signing.size > 0 ? 0 : still + 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  /** Lets time pass, one timer after another. */
  const pass = async (ms: number): Promise<void> => {
    const until = nowMs + ms;
    await settle();
    for (let due = next(until); due !== undefined; due = next(until)) {
      timers.splice(timers.indexOf(due), 1);
      nowMs = due.atMs;
      due.work();
      await settle();
    }
    nowMs = until;
  };
  const next = (until: number) => timers.filter(({ atMs }) => atMs <= until).toSorted((a, b) => a.atMs - b.atMs)[0];
  const send = (n = 0, secret?: string): void =>
    made.send({ url: URL_, secret }, { type: 'limit.reached', timestamp: 't', data: { n } });
  return { made, posts, troubles, timers, settle, pass, send };
}

describe('a message to a web hook', () => {
  it('is signed over its id, its time and its body, as Standard Webhooks says', async () => {
    const at = courier(() => 204);
    const secret = `whsec_${Buffer.from('a secret of some length').toString('base64')}`;
    at.send(1, secret);
    at.send(2, 'plain text');
    await at.settle();
    const keys = [Buffer.from('a secret of some length'), Buffer.from('plain text')];
    for (const [i, { headers, body }] of at.posts.entries()) {
      const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
      const own = createHmac('sha256', keys[i] ?? '')
        .update(`${id}.${timestamp}.${body}`)
        .digest('base64');
      expect([signature, timestamp]).toEqual([`v1,${own}`, '1700000000']);
    }
    expect(new Set(at.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it('keeps its id when it is sent again, and is signed anew with the time of then', async () => {
    let answers = 0;
    const at = courier(() => (answers++ === 0 ? 500 : 200));
    at.send(1, 'secret');
    await at.pass(2000);
    const [first, second] = at.posts;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-timestamp']).toBe('1700000001');
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  it.each([
    ['refuses connections', new Error('connect ECONNREFUSED')],
    ['answers 500', 500],
    ['redirects', 302],
    ['answers 410', 410],
  ])('is kept while its receiver %s for an hour, and sent when it is there again, in its order', async (_, answer) => {
    let isDown = true;
    const at = courier(() => (isDown ? answer : 200));
    for (let n = 0; n < 20; n++) at.send(n);
    await at.pass(HOUR);
    // Asked again and again, ever more seldom, one message at a time.
    expect(at.posts.length).toBeLessThan(25);
    expect(at.made.stats()).toMatchObject({ waiting: 20, delivered: 0, lost: 0 });
    expect(at.troubles).toHaveLength(1);
    expect(at.timers).toHaveLength(1);
    isDown = false;
    at.posts.length = 0;
    await at.pass(600_000);
    expect(at.made.stats()).toMatchObject({ waiting: 0, delivered: 20, lost: 0 });
    const order = at.posts.map(({ body }) => (JSON.parse(body) as { data: { n: number } }).data.n);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (__, n) => n));
  });

  it('is lost where a thousand wait, with a word, and memory stays as it is', async () => {
    const at = courier(() => 503);
    for (let n = 0; n < 100_000; n++) at.send(n);
    await at.settle();
    expect(at.made.stats()).toMatchObject({ waiting: 1000, lost: 99_000 });
    expect(at.troubles.filter((detail) => detail.startsWith('lost'))).toHaveLength(99_000);
  });

  it('is lost when nobody took it for a day, and when the program ends, with a word', async () => {
    const at = courier(() => 503);
    at.send();
    at.send();
    await at.pass(25 * HOUR);
    expect(at.made.stats()).toMatchObject({ waiting: 0, lost: 2 });
    at.send();
    await at.settle();
    at.made.close();
    at.send();
    expect(at.made.stats()).toMatchObject({ waiting: 0, lost: 4 });
    expect(at.timers).toEqual([]);
  });

  it('waits for a receiver that never answers no longer than its deadline, and blocks nobody', async () => {
    const never = new Promise<Reply>(() => undefined);
    const gate = gateOf(
      `${KEY}limits: { a: { rate: 9/m, per: key, past: [{ at: 10%, notify: o }, { deny: exceeded }] } }
notify: { o: { webhook: "${URL_}" } }`,
      { fetch: () => never, deadline: () => AbortSignal.abort() },
    );
    for (let i = 0; i < 9; i++) expect(gate.ask().kind).toBe('forward');
  });

  it('tells who it is about by what is known of them, and by nothing that they showed', async () => {
    const at = courier(() => 200);
    const gate = gateOf(
      `identify: { key: { header: X-API-Key, find: keys, keys: { k: { account: acme } } } }
limits: { a: { rate: 2/m, per: key, past: [{ at: 100%, notify: o }, { deny: exceeded }] } }
notify: { o: { webhook: "${URL_}" } }`,
      { courier: at.made },
    );
    gate.ask();
    gate.ask();
    await at.settle();
    const [{ body } = { body: '' }] = at.posts;
    expect(JSON.parse(body)).toMatchObject({
      type: 'limit.reached',
      data: { limit: 'a', percent: 100, used: 2, amount: 2, who: { auth: 'key', account: 'acme' } },
    });
    expect(body).not.toContain('192.0.2.1');
    expect(JSON.parse(body)).not.toHaveProperty('data.who.key');
  });

  it('needs the variable of its secret', () => {
    const policy = `${KEY}limits: { a: { rate: 2/m, per: key, past: [{ notify: o }, { deny: exceeded }] } }
notify: { o: { webhook: "${URL_}", secret: { env: HOOK } } }`;
    expect(() => gateOf(policy, { env: {} })).toThrow(/HOOK/);
    expect(() => gateOf(policy, { env: { HOOK: 'x' } })).not.toThrow();
  });
});
