import { beforeEach, describe, expect, it } from 'vitest';
import type { GuardedStore, StoreChange } from '../../src/http/failing/guarded.ts';
import { guardStore } from '../../src/http/failing/guarded.ts';
import type { Handled } from '../../src/http/handled.ts';
import { memoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';
import { answered, forwarded, gateOf, KEY, START, viewOf, type Asked } from '../gate-of.ts';
import { ENDED, FaultyStore, settled, Times, type Mood } from './faulty-store.ts';

const HEADERS = 'respond: { headers: { of: tightest, dialect: x-ratelimit } }\n';
const RATE = `${KEY}unidentified: unlimited\nlimits: { calls: { rate: 4/1h, per: key } }\n${HEADERS}`;

let times: Times;
let memory: MemoryStore;
let store: FaultyStore;
let changes: StoreChange[];
let guard: GuardedStore;
let gate: Asked['gate'];

beforeEach(() => {
  times = new Times(START);
  memory = memoryStore({ clock: times.clock });
  store = new FaultyStore(memory, times.timer);
  changes = [];
});

function begin(policy: string, nodes = 1): void {
  const { clock, timer } = times;
  guard = guardStore(store, { clock, timer, nodes, onChange: (change) => void changes.push(change) });
  gate = gateOf(policy, { clock, store: guard }).gate;
}

/** Asks, and says after how many ms there was an answer. */
async function ask(mood: Mood, limitMs = 60): Promise<Handled & { readonly tookMs: number }> {
  store.mood = mood;
  const askedAtMs = times.clock.monotonicMs();
  const said = Promise.resolve(gate.handle(viewOf())).then((one) => ({
    ...one,
    tookMs: times.clock.monotonicMs() - askedAtMs,
  }));
  await settled();
  await times.pass(limitMs);
  return said;
}

/** Has it fail until it is not asked any more. */
async function breakIt(): Promise<void> {
  for (let i = 0; i < 3; i++)
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await ask('rejects');
}

const leftIn = (said: Handled): string | undefined => {
  const fields = forwarded(said).settle(200);
  return fields[fields.indexOf('X-RateLimit-Remaining') + 1];
};

describe('when a store does not answer', () => {
  it.each<[mood: Mood, tookMs: number]>([
    ['rejects', 0],
    ['silent', 50],
    ['deaf', 50],
    [400, 50],
  ])('%s: everybody has an answer by the deadline, and says that it was degraded', async (mood, tookMs) => {
    begin(RATE);
    const said = await ask(mood);
    expect([said.kind, said.tookMs, forwarded(said).judged?.degraded]).toEqual(['forward', tookMs, true]);
    expect([(await ask('answers')).kind, guard.stats().failures]).toEqual(['forward', 1]);
  });

  it.each([
    ['a rate', 'rate: 2/1h', 'forward forward 429'],
    ['a rate that fails open', 'rate: 2/1h, fail: open', 'forward forward forward'],
    ['a rate that fails closed', 'rate: 2/1h, fail: closed', '503 503 503'],
    ['permits', 'concurrency: 2', 'forward forward 429'],
    ['a quota', 'quota: 2/day', '503 503 503'],
    ['a quota that fails local', 'quota: 2/day, fail: local', 'forward forward 429'],
    ['money', 'quota: $20/day', '503 503 503'],
    ['a level', 'level: 9', '503 503 503'],
  ])('%s does what its policy says', async (_, limit, told) => {
    begin(`${KEY}unidentified: unlimited\nlimits: { calls: { ${limit}, per: key } }`);
    const said: string[] = [];
    for (let i = 0; i < 3; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const one = await ask('rejects');
      said.push(one.kind === 'forward' ? 'forward' : String(one.status));
    }
    expect(said.join(' ')).toBe(told);
  });

  it('a limit that fails closed is answered as what it is: nobody can tell, and it is not the caller', async () => {
    begin(`${KEY}limits: { month: { quota: 9/month, per: key, label: Monthly calls } }`);
    const said = answered(await ask('rejects'));
    expect([said.status, said.field('Retry-After'), said.json(), said.denial?.degraded, said.denial?.limit]).toEqual([
      503,
      '1',
      {
        type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
        title: 'Request cannot be satisfied due to temporary server capacity constraints',
        status: 503,
        detail: 'Nobody can tell just now how the limit "Monthly calls" stands.',
      },
      true,
      'month',
    ]);
  });

  it('nothing is told of a limit that fails open, and of one that fails local what this process counts', async () => {
    begin(
      `${KEY}unidentified: unlimited\nlimits: { a: { rate: 2/1h, per: key, fail: open }, b: { rate: 9/1h, per: key } }\n${HEADERS}`,
    );
    expect(leftIn(await ask('answers'))).toBe('1');
    expect(leftIn(await ask('rejects'))).toBe('8');
  });

  it('each of several processes allows its part', async () => {
    begin(RATE, 2);
    const said = [await ask('rejects'), await ask('rejects'), await ask('rejects')];
    expect(said.map(({ kind }) => kind)).toEqual(['forward', 'forward', 'answer']);
  });

  it('a caller who reads its own limits is told that nobody can tell', async () => {
    begin(`${RATE}endpoints: { mine: { match: GET / } }`);
    expect(answered(await ask('rejects')).status).toBe(503);
  });

  it('who is not known is limited by this process', async () => {
    begin(
      'identify: { key: { header: X-API-Key, find: nobody } }\nunidentified: 2/1h\nlimits: { a: { rate: 9/1h, per: key } }'.replace(
        'nobody',
        'any',
      ),
    );
    store.mood = 'rejects';
    const wrong = viewOf({ fields: [] });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++)
      // oxlint-disable-next-line no-await-in-loop -- one after another
      statuses.push(answered(await gate.handle(wrong)).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe('a store that is down', () => {
  it('is said to be so once, and makes nobody wait for it', async () => {
    begin(RATE.replace('4/1h', '1000/1h'));
    await breakIt();
    const { asked } = store;
    const said = await Promise.all(Array.from({ length: 100 }, async () => gate.handle(viewOf())));
    // One tries.
    expect([said.length, store.asked - asked, changes.map(({ is }) => is)]).toEqual([100, 1, ['down']]);
  });

  it('is tried by one at a time, and seldom', async () => {
    begin(RATE.replace('4/1h', '100000/1h'));
    await breakIt();
    store.mood = 'silent';
    const { asked } = store;
    for (let i = 0; i < 5000; i += 10) {
      for (let j = 0; j < 3; j++) void gate.handle(viewOf());
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await times.pass(10);
    }
    expect(store.asked - asked).toBeLessThan(10);
  });

  it('is asked by all again within two seconds of when it answers, and says so once', async () => {
    begin(RATE.replace('4/1h', '100000/1h'));
    await breakIt();
    for (let i = 0; i < 600; i++) {
      store.mood = 'silent';
      void gate.handle(viewOf());
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await times.pass(10);
    }
    store.mood = 'answers';
    let tookMs = 0;
    for (; guard.stats().isDown; tookMs += 10) {
      void gate.handle(viewOf());
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await times.pass(10);
    }
    expect(tookMs).toBeLessThan(2000);
    expect(changes.map(({ is }) => is)).toEqual(['down', 'up']);
  });

  it('is one still while whatever it answers comes too late, and says so once', async () => {
    begin(RATE.replace('4/1h', '100000/1h'));
    store.mood = 400;
    for (let i = 0; i < 400; i++) {
      void gate.handle(viewOf());
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await times.pass(10);
    }
    expect(changes.map(({ is }) => is)).toEqual(['down']);
    store.mood = 'answers';
    for (let i = 0; i < 200; i++) {
      void gate.handle(viewOf());
      // oxlint-disable-next-line no-await-in-loop -- one ms after another
      await times.pass(10);
    }
    expect(changes.map(({ is }) => is)).toEqual(['down', 'up']);
    expect(guard.stats().owed).toBe(0);
  });

  it('is not taken for one by what is wrong with a step', async () => {
    begin(RATE);
    for (let i = 0; i < 5; i++)
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await expect(async () =>
        gate.adjust({ subject: { auth: 'key', key: 'k', address: '' } }, 'calls', 1),
      ).rejects.toThrow('ERR_VERB');
    expect([changes, guard.stats().failures]).toEqual([[], 0]);
  });
});

describe('an answer that comes too late', () => {
  it('gives back what it charged', async () => {
    begin(RATE);
    const said = await ask(400);
    expect(forwarded(said).judged?.degraded).toBe(true);
    await times.pass(1000);
    // Of four, none was charged but this one.
    expect(leftIn(await ask('answers'))).toBe('3');
  });

  it('frees what it reserved', async () => {
    begin(`${KEY}unidentified: unlimited\nlimits: { running: { concurrency: 1, per: key, fail: closed } }`);
    expect(answered(await ask(400)).status).toBe(503);
    await times.pass(1500);
    expect((await ask('answers')).kind).toBe('forward');
  });

  it('is not given back twice, where nobody knows whether it was: that it was lost is told', async () => {
    begin(RATE);
    await ask(400);
    store.mood = 'rejects';
    await times.pass(500);
    expect(guard.stats()).toMatchObject({ owed: 0, lost: 1 });
    expect(leftIn(await ask('answers'))).toBe('2');
  });
});

describe('what is held when a store stops to answer', () => {
  it('is freed when it answers again', async () => {
    begin(`${KEY}unidentified: unlimited\nlimits: { running: { concurrency: 1, per: key, fail: closed } }`);
    const held = forwarded(await ask('answers'));
    store.mood = 'rejects';
    held.end(ENDED);
    await settled();
    expect(guard.stats().owed).toBe(1);
    store.mood = 'answers';
    expect(answered(await ask('answers')).status).toBe(429);
    await settled();
    expect((await ask('answers')).kind).toBe('forward');
  });

  it('and was counted here, is freed here', async () => {
    begin(`${KEY}unidentified: unlimited\nlimits: { running: { concurrency: 1, per: key } }`);
    const held = forwarded(await ask('rejects'));
    expect(answered(await ask('rejects')).status).toBe(429);
    held.end(ENDED);
    await settled();
    expect((await ask('rejects')).kind).toBe('forward');
  });

  it('what the store has not heard of yet is settled at what it cost, also when more of the same request ends first', async () => {
    begin(
      `${KEY}unidentified: unlimited
operations: { begin: { match: GET / }, over: { match: POST /over/:id } }
limits:
  running: { concurrency: 2, per: key, on: [begin], fail: closed, hold: { id: response.body.id, until: [over], lease: 1h } }
  spent: { quota: 100/month, per: key, cost: { reserve: 5, actual: response.body.cost } }
respond: { headers: { of: spent, dialect: x-ratelimit } }`,
    );
    const one = forwarded(await ask('answers'));
    store.mood = 'rejects';
    one.end({ ...ENDED, status: 201, body: { is: 'json', value: { id: 'job', cost: 1 } } });
    await settled();
    store.mood = 'answers';
    const [, id = ''] = one.hands;
    await gate.resolve(id, { settle: { running: 0 } });
    await settled();
    expect([leftIn(await ask('answers')), guard.stats().owed]).toEqual(['94', 0]);
  });
});
