import type { Instant, Step } from '../../../core/index.ts';
import { storeFault } from '../faults.ts';
import type { Room, Sender } from '../port/sender.ts';
import type { Banks } from '../records/banks.ts';
import type { Ask } from '../rounds/ask.ts';
import type { RedisTime } from '../rounds/redis-time.ts';
import { Batch, LETTERS_AT, type Told } from './batch.ts';
import { FastPrograms, type FastProgram } from './program.ts';

/** Decisions that one call carries. More at once save little, and hold up everybody else on that Redis. */
const MAX_DECISIONS = 64;

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
}

/** Decisions on rates and quotas alone: a script makes them, many in one call, in one round trip. */
export class Lane {
  readonly #setting: Setting;
  readonly #programs: FastPrograms;
  #waiting: Ask[] = [];
  /** What the calendar says, read once a turn of the loop; scripts look for themselves whether it still is so. */
  #wall: number | undefined;
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

  start(): void {
    if (this.#waiting.length === 0) return;
    const { sender } = this.#setting;
    const batches = new Map<string, Batch>();
    const later: Ask[] = [];
    const room = sender.room();
    for (const ask of this.#waiting) if (!ask.isOver && !this.#join(ask, batches, room)) later.push(ask);
    this.#waiting = later;
    this.#wall = undefined;
    for (const batch of batches.values()) void this.#send(batch);
  }

  /** False when it must wait. */
  #join(ask: Ask, batches: Map<string, Batch>, room: Room): boolean {
    const { sender } = this.#setting;
    const fast = this.#resolve(ask);
    if (fast === undefined) return true;
    const { home } = ask.places[0]!; // Whoever has none is nobody's to send.
    const name = sender.isCluster ? `${fast.script.sha} ${home}` : fast.script.sha;
    const known = batches.get(name);
    if (known !== undefined && known.decisions.length < MAX_DECISIONS) {
      known.add(ask, fast);
      return true;
    }
    if (!room.take(home)) return false;
    if (known !== undefined) void this.#send(known);
    const batch = new Batch();
    batch.add(ask, fast);
    batches.set(name, batch);
    return true;
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
    const { sender, time, handOver } = this.#setting;
    const { fast, ask: first } = batch.decisions[0]!;
    try {
      const { t, told: plan } = this.#circumstances(batch);
      const reply = await sender.send(first.places[0]!.home, fast.script, batch.keys, [plan]);
      const { micros, told } = read(reply, batch);
      time.read(micros);
      if (told === undefined) return this.#again(batch);
      const left = batch.answer(told, t ?? this.#setting.instantAt(Math.floor(micros / 1000)));
      this.decided += batch.decisions.length - left.length;
      handOver(left);
    } catch (error) {
      for (const { ask } of batch.decisions) ask.fail(storeFault(error));
    }
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
  if (!Array.isArray(reply) || !reply.every((part) => Buffer.isBuffer(part)) || reply.length === 0)
    throw new TypeError('expected the answer of a script, got another');
  const [head, before] = reply as [Buffer, Buffer?]; // Looked at just now.
  const micros = head.readDoubleLE(0);
  if (before === undefined) return { micros, told: undefined };
  const marksAt = LETTERS_AT + decisions.length;
  if (head.length !== marksAt + keys.length) throw new TypeError('expected the answer of a script, got a shorter one');
  return {
    micros,
    told: { head, marksAt, before },
  };
}
