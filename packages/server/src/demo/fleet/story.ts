/* oxlint-disable no-await-in-loop -- it is waited for one thing after another */
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMIT, type Fleet } from './fleet.ts';
import type { Tally } from './load.ts';

/** The whole takes some ten seconds. No part of it takes so long. */
const PATIENCE_MS = 20_000;
const POLL_MS = 20;
/** How long everybody is watched while Redis is gone, in ms. */
const OUTAGE_MS = 1000;

/** What a gateway said. */
interface Row extends Tally {
  readonly name: string;
}

/** What is told, and what came of it. */
export class Story {
  readonly #fleet: Fleet;
  readonly #write: (line: string) => void;
  /** What should not have been. */
  readonly faults: string[] = [];

  constructor(fleet: Fleet, write: (line: string) => void) {
    this.#fleet = fleet;
    this.#write = write;
  }

  /** @throws Error when something never happens */
  async tell(): Promise<void> {
    await this.#together();
    await this.#withoutOne();
    if (this.#fleet.redis !== undefined) await this.#withoutRedis();
    await this.#toTheEnd();
    this.#verdict();
  }

  async #together(): Promise<void> {
    this.#say('All gateways let callers in, and count in one place.');
    await this.#reached(LIMIT / 4);
    this.#show();
  }

  async #withoutOne(): Promise<void> {
    const [victim] = this.#fleet.members.splice(1, 1);
    if (victim === undefined) return;
    this.#say(
      `${victim.machine.name} is killed (pid ${victim.machine.pid}). What it let in stays counted; the others go on.`,
    );
    await victim.machine.kill();
    await victim.load.end();
    await this.#reached(LIMIT / 2);
    this.#show();
  }

  async #withoutRedis(): Promise<void> {
    const { redis } = this.#fleet;
    this.#say(
      `Redis is killed (pid ${redis?.pid}). The policy says "fail: closed": nobody knows, so nobody is let in.`,
    );
    await redis?.kill();
    await this.#all('undecided');
    this.#look();
    await sleep(OUTAGE_MS);
    if (this.#show().some(({ admitted }) => admitted > 0)) this.faults.push('callers were let in while Redis was gone');
    this.#say('Redis is started again, with the file that it kept. Nobody tells the gateways.');
    await this.#fleet.startRedis();
    const startedAtMs = performance.now();
    await this.#all('admitted');
    this.#write(`    all let callers in again after ${Math.round(performance.now() - startedAtMs)} ms`);
  }

  async #toTheEnd(): Promise<void> {
    this.#say('The callers go on until every gateway says that the limit is used up.');
    const { members } = this.#fleet;
    const isOver = () => this.#fleet.reached > LIMIT || members.every(({ load }) => load.tally.refused > 0);
    await this.#until('the limit to be used up', isOver);
    await sleep(OUTAGE_MS / 3);
    this.#show();
  }

  #verdict(): void {
    const { reached } = this.#fleet;
    if (reached > LIMIT) this.faults.push(`the limit was not held: ${reached} requests came through, of ${LIMIT}`);
    const lost = LIMIT - reached;
    this.#write('');
    this.#write(`  ${reached} requests reached the API, which has counted them itself; the limit is ${LIMIT}.`);
    if (lost > 0)
      this.#write(`  ${lost} had been charged when what was to let them in was killed: too few, never too many.`);
    for (const fault of this.faults) this.#write(`  WRONG: ${fault}`);
    if (this.faults.length === 0) this.#write('  The limit was held.');
  }

  #say(line: string): void {
    this.#write('');
    this.#write(`  ${line}`);
  }

  #reached(count: number): Promise<void> {
    return this.#until(`${count} requests to come through`, () => this.#fleet.reached >= count);
  }

  #all(kind: keyof Tally): Promise<void> {
    return this.#until(`all gateways to say "${kind}"`, () =>
      this.#fleet.members.every(({ load }) => load.tally[kind] > 0),
    );
  }

  #look(): readonly Row[] {
    return this.#fleet.members.map(({ machine, load }) => ({ name: machine.name, ...load.look() }));
  }

  #show(): readonly Row[] {
    const tallies = this.#look();
    for (const row of tallies) this.#write(`    ${toldOf(row)}`);
    this.#write(`    ${this.#fleet.reached} of ${LIMIT} have reached the API`);
    if (tallies.some(({ strange }) => strange > 0))
      this.faults.push('a gateway gave an answer that it should not give');
    return tallies;
  }

  async #until(what: string, isSo: () => boolean): Promise<void> {
    const endsAtMs = Date.now() + PATIENCE_MS;
    while (!isSo()) {
      if (Date.now() > endsAtMs) throw new Error(`expected ${what} within ${PATIENCE_MS} ms`);
      await sleep(POLL_MS);
    }
  }
}

function toldOf({ name, admitted, refused, undecided, unanswered, slowestMs }: Row): string {
  const told = [`${admitted} let in`, `${refused} refused (429)`, `${undecided} undecided (503)`];
  if (unanswered > 0) told.push(`${unanswered} unanswered`);
  return `${name}: ${told.join(', ')}; the slowest answer took ${Math.ceil(slowestMs)} ms`;
}
