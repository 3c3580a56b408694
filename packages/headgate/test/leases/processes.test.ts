import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startRedis, until } from '../redis/server.ts';
import { N } from './limits.ts';

const PROCESSES = 4;
/** Of each, at most so much of what is left is drawn and not spent. */
const PART = 8;

interface Told {
  readonly faults: number;
  readonly local: number;
  readonly lost: number;
}

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

/** One process, and what it wrote. */
class Worker {
  #text = '';
  readonly #process: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(client: string, port: number, limit: string) {
    const words = [fileURLToPath(new URL('worker.ts', import.meta.url)), client, String(port), limit];
    const child = (this.#process = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] }));
    ended.push(() => child.kill('SIGKILL'));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#text += text));
    this.#exit = once(child, 'close');
  }

  /** A letter each. */
  get admitted(): number {
    return /^a*/.exec(this.#text)![0].length;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  async told(): Promise<Told> {
    await this.#exit;
    return JSON.parse(this.#text.slice(this.admitted)) as Told; // It writes nothing else.
  }
}

async function start(limit: string): Promise<Worker[]> {
  const server = await startRedis();
  ended.push(() => server[Symbol.asyncDispose]());
  return Array.from(
    { length: PROCESSES },
    (_, i) => new Worker(i % 2 === 0 ? 'ioredis' : 'node-redis', server.port, limit),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** What whoever lives says that it may have lost, at most. */
async function lostBy(workers: readonly Worker[]): Promise<number> {
  const told = await Promise.all(workers.map((worker) => worker.told()));
  expect(sum(told.map(({ local }) => local))).toBeGreaterThan(0);
  return sum(told.map(({ faults, lost }) => faults + lost));
}

describe('four processes that lease one limit from one Redis', () => {
  // A bucket takes nothing back: what was drawn and not spent flows in again.
  it.each([
    ['sliding', 0],
    ['bucket', (PROCESSES * N) / PART],
  ])('let in as much of a %s as there is, and no more, but for what they say is lost', async (limit, missing) => {
    const workers = await start(limit);
    const lost = await lostBy(workers);
    const admitted = sum(workers.map((worker) => worker.admitted));
    expect(admitted).toBeLessThanOrEqual(N);
    expect(admitted).toBeGreaterThanOrEqual(N - missing - lost);
  });

  it.each(['fixed', 'quota'])('lose of a %s what one that is killed has drawn, and no more', async (limit) => {
    const workers = await start(limit);
    let killed: Worker | undefined;
    const isBusy = ({ admitted }: Worker): boolean => admitted > N / 50;
    await until('some load', () => (killed = workers.find(isBusy)) !== undefined);
    await killed!.kill();
    const lost = await lostBy(workers.filter((worker) => worker !== killed));
    const admitted = sum(workers.map((worker) => worker.admitted));
    expect(admitted).toBeLessThanOrEqual(N);
    // What it had drawn, and the one that it let in and was killed before it could say so.
    expect(admitted).toBeGreaterThanOrEqual(N - N / PART - 1 - lost);
  });
});
