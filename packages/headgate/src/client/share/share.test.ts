import { describe, expect, it } from 'vitest';
import { Api } from '../../../test/client/sim/api.ts';
import { policyOf, shipped } from '../../../test/client/sim/job.ts';
import { World } from '../../../test/client/sim/world.ts';
import { createFetch, type HeadgateFetch } from '../index.ts';
import { declare, type DeclaredLimit } from '../limits/index.ts';
import { share, type Channel, type Elect, type Message, type Shared } from './index.ts';

const START = Date.UTC(2026, 3, 11, 13);
const HOP_MS = 2;
const URL_1 = 'https://api.test/v1/image/edit';
const INIT = { method: 'POST', headers: { 'x-api-key': 'k' } };

/** Processes that hear each other two milliseconds later; whoever asked first leads, until it resigns. */
class Processes {
  readonly world: World = new World(START);
  readonly all: { shared: Shared; fetch: HeadgateFetch }[] = [];
  readonly said: Message[] = [];
  readonly #hearing = new Set<(message: Message) => void>();
  readonly #candidates: { readonly lead: () => void; readonly follow: () => void }[] = [];

  start(api: Api, count: number, limits?: Record<string, DeclaredLimit>): void {
    for (let i = 0; i < count; i++) {
      const options = limits === undefined ? {} : { limits: declare(limits) };
      const { timer } = this.world;
      const shared = share({ channel: this.#channel(), elect: this.#elect, timer, self: `p${i}`, ...options });
      this.all.push({
        shared,
        fetch: createFetch({ fetch: api.fetch, timer, pacer: shared, random: () => 0.5, ...options }),
      });
    }
  }

  #channel(): Channel {
    let own: ((message: Message) => void) | undefined;
    return {
      // What crosses is JSON, as through a socket.
      post: (message) => {
        const text = JSON.stringify(message);
        this.said.push(message);
        for (const hear of this.#hearing)
          if (hear !== own)
            this.world.after(HOP_MS, () => this.#hearing.has(hear) && hear(JSON.parse(text) as Message));
      },
      listen: (hear) => {
        own = hear;
        this.#hearing.add(hear);
        return () => this.#hearing.delete(hear);
      },
    };
  }

  /** Another leads, and whoever did so finds out. */
  replace(): void {
    const [first, second] = this.#candidates;
    this.#candidates.reverse();
    second?.lead();
    first?.follow();
  }

  readonly #elect: Elect = (lead, follow) => {
    const candidate = { lead, follow };
    this.#candidates.push(candidate);
    if (this.#candidates.length === 1) lead();
    return () => {
      const first = this.#candidates[0] === candidate;
      this.#candidates.splice(this.#candidates.indexOf(candidate), 1);
      if (first) this.#candidates[0]?.lead();
    };
  };
}

async function work(processes: Processes, each: number): Promise<void> {
  const { world, all } = processes;
  const jobs = all.map(async ({ fetch }) => {
    let left = each;
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        while (left-- > 0) expect((await fetch(URL_1, INIT)).status).toBe(200);
      }),
    );
  });
  await world.run(Promise.all(jobs));
}

describe('four processes that share', () => {
  const POLICY = policyOf('a: { rate: 60/minute, algorithm: fixed, per: key }', '{ of: a, dialect: draft-07 }');

  it.each([
    ['told limits', POLICY, undefined],
    ['declared limits', POLICY, { a: { rate: '60/minute', algorithm: 'fixed' } }],
    ['Claid', shipped('claid'), undefined],
  ] as const)('are refused nothing: %s', async (_, policy, limits) => {
    const processes = new Processes();
    const api = new Api({ policy, world: processes.world, seed: 3, skewMs: 5000 });
    processes.start(api, 4, limits);
    await work(processes, 60);
    expect(api.count).toMatchObject({ admitted: 240, refused: 0 });
  });

  it('give a place back that was let go of while the word that it is theirs was on its way', async () => {
    const processes = new Processes();
    const { world, all } = processes;
    const api = new Api({ policy: POLICY, world, seed: 3 });
    processes.start(api, 2, { a: { concurrency: 1 } });
    const controller = new AbortController();
    const gone = all[1]!.fetch(URL_1, { ...INIT, signal: controller.signal }).catch(() => 'gone');
    // Asked at 0, let go at 2, told at 4.
    world.after(3, () => controller.abort());
    expect(await world.run(gone)).toBe('gone');
    expect((await world.run(all[1]!.fetch(URL_1, INIT))).status).toBe(200);
    expect(api.count.sent).toBe(1);
  });

  it('are one after a refusal: nobody sends before it is told', async () => {
    const processes = new Processes();
    const api = new Api({ policy: shipped('vetigen'), world: processes.world, seed: 3 });
    processes.start(api, 4);
    await work(processes, 50);
    expect(api.count).toMatchObject({ admitted: 200, refused: 2, early: 0 });
  });

  it('go on when the one that leads is gone, at the price of one request that nobody could foresee', async () => {
    const processes = new Processes();
    const api = new Api({ policy: POLICY, world: processes.world, seed: 3 });
    processes.start(api, 4);
    const first = processes.all.shift();
    processes.world.after(70_000, () => first?.shared.stop());
    await work(processes, 60);
    expect(api.count.admitted).toBe(180);
    expect(api.count.refused).toBeLessThanOrEqual(1);
  });

  it('go on when another leads than did so far, whoever waits where', async () => {
    const processes = new Processes();
    const api = new Api({ policy: POLICY, world: processes.world, seed: 3 });
    processes.start(api, 2);
    for (const ms of [30_000, 70_000, 90_000]) processes.world.after(ms, () => processes.replace());
    await work(processes, 120);
    expect(api.count.admitted).toBe(240);
    // Each begins with one request, which may be one too many.
    expect(api.count.refused).toBeLessThanOrEqual(3);
  });

  it('fail at the deadline where nobody answers', async () => {
    const world = new World(START);
    const channel: Channel = { post: () => {}, listen: () => () => {} };
    const pacer = share({ channel, elect: () => () => {}, timer: world.timer });
    const api = createFetch({ pacer, timer: world.timer });
    const late = api(URL_1, { headgate: { deadlineMs: 1000 } });
    await expect(world.run(late)).rejects.toMatchObject({ code: 'ERR_DEADLINE', retryAt: new Date(START + 1000) });
    expect(pacer.queued).toBe(0);
  });

  it('tell each other nothing of a request but its limits', async () => {
    const processes = new Processes();
    const api = new Api({ policy: POLICY, world: processes.world, seed: 3 });
    processes.start(api, 2, { a: { rate: '60/minute', per: () => 'part' } });
    await work(processes, 3);
    expect(JSON.stringify(processes.said)).not.toMatch(/image|x-api-key/);
  });

  it('let a request go that is given up, wherever it waits', async () => {
    const processes = new Processes();
    const api = new Api({ policy: POLICY, world: processes.world, seed: 3 });
    processes.start(api, 2, { a: { concurrency: 1 } });
    const [leader, other] = processes.all;
    const controller = new AbortController();
    const first = leader?.fetch(URL_1, INIT);
    const second = other?.fetch(URL_1, { ...INIT, signal: controller.signal });
    processes.world.after(10, () => controller.abort(new Error('enough')));
    await expect(processes.world.run(second ?? Promise.reject(new Error('no process')))).rejects.toThrow('enough');
    await processes.world.run(Promise.all([first, other?.fetch(URL_1, INIT)]));
    expect(api.count.admitted).toBe(2);
  });

  it('fail at once behind a deadline, by what the other one knows', async () => {
    const processes = new Processes();
    const api = new Api({ policy: POLICY, world: processes.world, seed: 3 });
    processes.start(api, 2, { a: { rate: '1/minute', algorithm: 'fixed' } });
    const [leader, other] = processes.all;
    await processes.world.run(leader?.fetch(URL_1, INIT) ?? Promise.reject(new Error('no process')));
    const late =
      other?.fetch(URL_1, { ...INIT, headgate: { deadlineMs: 1000 } }) ?? Promise.reject(new Error('no process'));
    await expect(processes.world.run(late)).rejects.toMatchObject({ code: 'ERR_DEADLINE' });
    expect(api.count.sent).toBe(1);
  });
});

describe('processes that do not share', () => {
  it('converge: what others use is seen in what is left', async () => {
    const world = new World(START);
    const policy = policyOf('a: { rate: 60/minute, algorithm: fixed, per: key }', '{ of: a, dialect: draft-07 }');
    const api = new Api({ policy, world, seed: 3 });
    const each = Array.from({ length: 4 }, async () => {
      const fetch = createFetch({ fetch: api.fetch, timer: world.timer, random: () => 0.5 });
      for (let i = 0; i < 60; i++) expect((await fetch(URL_1, INIT)).status).toBe(200);
    });
    await world.run(Promise.all(each));
    expect(api.count.admitted).toBe(240);
    expect(api.count.refused / api.count.sent).toBeLessThan(0.1);
  });
});
