import type { Instant, Step } from '../../../core/index.ts';
import { storeFault } from '../faults.ts';
import type { Sender } from '../port/sender.ts';
import type { Banks } from '../records/banks.ts';
import type { Ask } from '../rounds/ask.ts';
import type { RedisTime } from '../rounds/redis-time.ts';
import { LETTERS_AT, type Batch, type Told } from './batch.ts';
import { Loading } from './loading.ts';
import { FastPrograms, type FastProgram } from './program.ts';

/** So many are not halved any more: smaller calls cost Redis more than anybody gains. */
const FEW_DECISIONS = 32;

/** What a decision may say, and whether scripts heed it, or need not. A step that says anything else is the engine's. */
const HEARD = {
  op: true,
  program: true,
  keys: true,
  costs: true,
  requestId: false,
  expects: false,
  // Of what is reserved, settled, given or amended: decisions of scripts reserve nothing.
  reservationId: true,
  losses: true,
  grant: true,
  chargedAtMs: true,
  resolves: true,
  leaves: true,
} as const satisfies Record<keyof Step, boolean>;
const UNHEARD = (Object.keys(HEARD) as (keyof Step)[]).filter((name) => !HEARD[name]); // Its own keys.

export interface Setting {
  readonly banks: Banks;
  readonly sender: Sender;
  readonly time: RedisTime;
  readonly instantAt: (redisMs: number) => Instant;
  readonly ownClock: boolean;
  /** What is added to each lifetime, in ms. */
  readonly moreMs: number;
  /** Takes what the engine must decide. */
  readonly handOver: (asks: readonly Ask[]) => void;
  /** Asks for another turn. */
  readonly schedule: () => void;
}

/** Decisions on rates and quotas alone: a script makes them, many in one call, in one round trip. */
export class Lane {
  readonly #setting: Setting;
  readonly #programs: FastPrograms;
  #waiting: Ask[] = [];
  /** What the calendar says, read once a turn of the loop; scripts look for themselves whether it still is so. */
  #wall: number | undefined;
  /** Decisions that Redis has not answered yet. */
  #underWay = 0;
  /** Decisions that scripts have made. */
  decided = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#programs = new FastPrograms(setting.banks);
  }

  /** Whether a script can decide it: then it is taken. */
  take(ask: Ask): boolean {
    const { step } = ask;
    if (step.op !== 'decide' || saysMore(step)) return false;
    if (!this.#isPlain(ask, this.#programOf(step.program))) return false;
    this.#waiting.push(ask);
    return true;
  }

  /** Costs that are none, and sizes that are too large, are the engine's business. */
  #isPlain({ step: { costs } }: Ask, fast: FastProgram | undefined): boolean {
    if (fast === undefined) return false;
    const { order, amounts } = fast;
    for (const index of order) if (!(Number.isSafeInteger(costs[index]) && costs[index]! >= 0)) return false;
    for (const [index, most] of amounts.sizes)
      if (!(Number.isSafeInteger(costs[index]) && costs[index]! >= 0 && costs[index]! <= most)) return false;
    return true;
  }

  #programOf(program: Ask['step']['program']): FastProgram | undefined {
    const wall = (this.#wall ??= this.#readWall());
    // What is no time is the engine's to refuse, before anything is charged.
    return Number.isSafeInteger(wall) ? this.#programs.of(program, wall) : undefined;
  }

  #readWall(): number {
    const { time, instantAt } = this.#setting;
    return instantAt(Math.floor(time.guess() / 1000) || Date.now()).wall;
  }

  /**
   * Half of all that is asked goes out in a turn of the loop: so Redis decides one half while the other is read, told and asked for
   * again here. All at once, each would wait for the other.
   */
  start(): void {
    if (this.#waiting.length === 0) return;
    const { sender, schedule } = this.#setting;
    const half = Math.ceil((this.#waiting.length + this.#underWay) / 2);
    const bounds = { isCluster: sender.isCluster, room: sender.room(), share: Math.max(FEW_DECISIONS, half) };
    const loading = new Loading(bounds, (batch) => void this.#send(batch));
    this.#waiting = this.#load(loading);
    this.#wall = undefined;
    loading.end();
    // What waits for an answer is sent when it comes.
    if (this.#waiting.length > 0 && loading.share <= 0) schedule();
  }

  /** What must wait. */
  #load(loading: Loading): Ask[] {
    const all = this.#waiting;
    const later: Ask[] = [];
    let next = 0;
    for (; next < all.length && loading.share > 0; next++) {
      const ask = all[next]!;
      const fast = ask.isOver ? undefined : this.#resolve(ask);
      if (fast !== undefined && !loading.take(ask, fast)) later.push(ask);
    }
    return later.concat(all.slice(next));
  }

  /** Undefined when somebody else answers. */
  #resolve(ask: Ask): FastProgram | undefined {
    try {
      const fast = this.#programOf(ask.step.program);
      if (fast === undefined) this.#setting.handOver([ask]);
      return fast;
    } catch (fault) {
      ask.fail(fault);
      return undefined;
    }
  }

  async #send(batch: Batch): Promise<void> {
    const { keys, decisions } = batch;
    const { ask, fast } = decisions[0]!; // It has one at least, which has a record.
    this.#underWay += decisions.length;
    try {
      const { t, told } = this.#circumstances(batch);
      const reply = await this.#setting.sender.send(ask.places[0]!.home, fast.script, keys, [told]);
      this.#answer(batch, reply, t);
    } catch (error) {
      for (const one of decisions) one.ask.fail(storeFault(error));
    } finally {
      this.#underWay -= decisions.length;
    }
  }

  #answer(batch: Batch, reply: unknown, given: Instant | undefined): void {
    const { time, handOver, instantAt } = this.#setting;
    const { micros, told } = read(reply, batch);
    time.read(micros);
    if (told === undefined) return this.#again(batch);
    const left = batch.answer(told, given ?? instantAt(Math.floor(micros / 1000)));
    this.decided += batch.decisions.length - left.length;
    handOver(left);
  }

  #circumstances(batch: Batch) {
    const { time, ownClock, instantAt, moreMs } = this.#setting;
    const patienceMicros = time.at(batch.endsAtMs);
    const t = ownClock ? undefined : instantAt(0);
    return { t, told: batch.told({ now: t?.now ?? 0, wall: t?.wall ?? 0, patienceMicros, moreMs }) };
  }

  /** It came too late by a clock that was set meanwhile; whoever still waits is asked for once more. */
  #again(batch: Batch): void {
    this.#waiting.push(...batch.decisions.map(({ ask }) => ask));
    this.start();
  }
}

function saysMore(step: Step): boolean {
  for (const name of UNHEARD) if (step[name] !== undefined) return true;
  return false;
}

/** Undefined: it came too late. @throws TypeError for what is no answer of the script: a proxy's, say */
function read(
  reply: unknown,
  { decisions, keys }: Batch,
): { readonly micros: number; readonly told: Told | undefined } {
  const [head, before] = Array.isArray(reply) ? (reply as readonly unknown[]) : []; // Looked at below.
  if (!Buffer.isBuffer(head) || head.length <= LETTERS_AT)
    throw new TypeError('expected the answer of a script, got another');
  const micros = head.readDoubleLE(0);
  if (before === undefined) return { micros, told: undefined };
  if (head.length !== LETTERS_AT + decisions.length || !areBytes(before) || before.length !== keys.length)
    throw new TypeError('expected the answer of a script, got a shorter one');
  return { micros, told: { head, before } };
}

function areBytes(all: unknown): all is readonly Buffer[] {
  return Array.isArray(all) && all.every((one) => Buffer.isBuffer(one));
}
