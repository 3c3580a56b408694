import type { MemoAnswer, Memos, Step, SyncStore } from '../../src/core/index.ts';
import type { Random } from '../../src/testing/index.ts';
import { answerOf, faultOf, isStoreFault } from './answers.ts';
import type { MachineClock } from './clocks.ts';
import type { Disk } from './disk.ts';
import type { Audits } from './audits/audits.ts';
import type { Answer, Entry, Fault } from './entry.ts';
import type { Events } from './events.ts';
import type { FaultCounts } from './faults.ts';
import { requireRoom, sharedBy, type Keeper } from './room.ts';
import type { MakeMemory, MakeTicks } from './stores.ts';

export interface ServerOptions {
  readonly store: 'memory' | 'kept';
  readonly maxInMemory: number;
  /** Records that have room: beyond them keys share a few. */
  readonly maxRecords: number;
  /** How long a tick takes at most, in ms, and how often a step is one of its own. */
  readonly tickMs: number;
  readonly alone: number;
  /** Chance that a step is the process's last, that the power goes with it, and how long it is away at most, in ms. */
  readonly dies: number;
  readonly powerFails: number;
  readonly awayMs: number;
  /** Chance that a clock tells part of a millisecond. */
  readonly breaksClock: number;
  /** Whether monotonic time may go back: from one process to the next, or at any time. */
  readonly clockBack: 'never' | 'between' | 'ever';
}

interface World {
  readonly events: Events;
  readonly random: Random;
  readonly clock: MachineClock;
  readonly disk: Disk;
  readonly faults: FaultCounts;
  readonly audits: Audits;
  readonly makeTicks: MakeTicks;
  readonly makeMemory: MakeMemory;
}

/** One process, as long as it lives. */
interface Process extends Keeper {
  /** When it last forgot anything by order, or, of memory, by its beginning. */
  forgotAtMs: number;
  /** Decided, and not committed yet. */
  entries: Entry[];
  shared: number;
  dead: boolean;
}

/** A tick that has ended. */
interface Ended {
  readonly process: Process;
  readonly entries: readonly Entry[];
  /** Commits that stood before and after. */
  readonly since: number;
  readonly commits: number;
  /** Whether it failed for want of a sync: it may be there after all. */
  readonly ghost: boolean;
}

/** What was told to have failed and may be there after all, and how much counted before it. */
interface Ghost {
  readonly entries: readonly Entry[];
  readonly after: number;
}

const NO_GHOST: Ghost = { entries: [], after: 0 };

/** What stands on the disk, before a tick ends. */
type Standing = Pick<Disk, 'commits' | 'ghosts'>;

/** A machine that runs the store, one process after another, and hears of steps by messages. */
export class Server {
  faulty = true;
  /** Steps that were carried out. */
  operations = 0;
  /** Those that shared a record with others, since there was no room. */
  shared = 0;
  readonly #options: ServerOptions;
  readonly #world: World;
  #process: Process | undefined;
  #resetAtMs = -1;
  /** Whether the power failed, and nobody had asked to survive that. */
  #mayLose = false;
  /** Ended ticks whose answers are under way: what was promised is told in a moment. */
  #ended: Ended[] = [];
  /** What was told to have failed for want of a sync, and how much counted before it. */
  #ghost: Ghost = NO_GHOST;

  constructor(options: ServerOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.begin();
  }

  get isUp(): boolean {
    return this.#process !== undefined;
  }

  /** Whether there is anything to be settled once what was promised is told. */
  get isUnsettled(): boolean {
    return this.#ended.length > 0;
  }

  begin(): void {
    const { clock, disk, audits } = this.#world;
    clock.anchor(this.#options.clockBack !== 'never');
    if (this.#options.store === 'memory') {
      this.#process = {
        ticks: undefined,
        memory: this.#world.makeMemory(clock, this.#options.maxRecords),
        tables: undefined,
        forgotAtMs: clock.monotonicMs(),
        entries: [],
        shared: 0,
        dead: false,
      };
      audits.began(-1, clock.monotonicMs());
      return;
    }
    const { tables, ghost } = disk.open();
    if (ghost) this.#keepGhost();
    // A beginning writes too: what fails of that has no steps.
    this.#ghost = NO_GHOST;
    const lost = audits.began(disk.commits, clock.monotonicMs());
    if (lost.length > 0) {
      // What had failed and was there all the same may be gone again.
      const isAnswered = lost.some(({ answer }) => answer !== undefined);
      if (isAnswered && !this.#mayLose)
        throw new Error('what was answered is lost, and no power failed that it was not to survive');
      this.#resetAtMs = clock.monotonicMs();
    }
    this.#mayLose = false;
    try {
      const process: Process = {
        ticks: undefined,
        memory: undefined,
        tables,
        forgotAtMs: this.#resetAtMs,
        entries: [],
        shared: 0,
        dead: false,
      };
      const { maxInMemory, maxRecords } = this.#options;
      const ticks = this.#world.makeTicks({ disk, tables, clock, maxInMemory, maxRecords }, () =>
        this.#world.events.in(this.#world.random.int(0, this.#options.tickMs), () => this.#endTick(process)),
      );
      this.#process = Object.assign(process, { ticks });
    } catch (error) {
      if (!isOfDisk(error)) throw error;
      this.#world.events.in(1, () => this.begin());
    }
  }

  receive(step: Step, reply: (answer: Answer) => void): void {
    const process = this.#process;
    if (process === undefined) return;
    if (isForgotten(step, process)) return reply({ fault: 'forgotten' });
    const { random } = this.#world;
    this.operations++;
    if (this.faulty && random.chance(this.#options.breaksClock))
      this.#breakClock(() => this.#carryOut(process, step, reply));
    else this.#carryOut(process, step, reply);
    if (this.faulty && !process.dead && random.chance(this.#options.dies)) this.#dieSoon(process);
  }

  /** Asks for what is kept by name: it says so at once, and writes it with the tick. */
  memo(ask: (memos: Memos) => MemoAnswer, reply: (answer: MemoAnswer | Fault) => void): void {
    const memos = this.#process?.ticks?.memos;
    if (memos === undefined) return;
    try {
      reply(ask(memos));
    } catch {
      reply({ fault: 'ERR_STORE' });
    }
  }

  /** For one step. */
  #breakClock(act: () => void): void {
    const { clock, faults } = this.#world;
    faults.count('clock broken');
    clock.isBroken = true;
    act();
    clock.isBroken = false;
  }

  #carryOut(process: Process, step: Step, reply: Entry['reply']): void {
    const { random } = this.#world;
    if (step.op === 'reset') process.forgotAtMs = this.#resetAtMs = this.#world.clock.monotonicMs();
    if (process.memory !== undefined) this.#applyNow(process, step, reply, process.memory);
    else if (random.chance(this.#options.alone)) this.#applyAlone(process, step, reply);
    else this.#apply(process, step, reply);
  }

  #applyNow(process: Process, step: Step, reply: Entry['reply'], store: SyncStore): void {
    const entry = this.#entry(step, reply, false);
    entry.answer = answerOf(() => store.apply(step));
    this.#ended.push({ process, entries: [entry], since: 0, commits: 0, ghost: false });
  }

  #apply(process: Process, step: Step, reply: Entry['reply']): void {
    const { faults, disk } = this.#world;
    const before = faults.counts.get('failed read') ?? 0;
    const told = process.ticks!.add(step);
    const entry = this.#entry(step, reply, (faults.counts.get('failed read') ?? 0) > before);
    process.entries.push(entry);
    told.then(
      (outcome) => (entry.answer = outcome),
      (error: unknown) => (entry.answer = faultOf(error)),
    );
    if (disk.endsAfter < Infinity && process.entries.length > 1) this.#endTick(process);
  }

  #applyAlone(process: Process, step: Step, reply: Entry['reply']): void {
    this.#endTick(process);
    if (process.dead) return;
    const { faults, disk } = this.#world;
    const before = faults.counts.get('failed read') ?? 0;
    const standing = standingOf(disk);
    const answer = answerOf(() => process.ticks!.alone(step));
    const entry = this.#entry(step, reply, (faults.counts.get('failed read') ?? 0) > before);
    if (!process.dead) entry.answer = answer;
    this.#end(process, [entry], standing);
  }

  #endTick(process: Process): void {
    if (process.dead || (process.entries.length === 0 && process.ticks?.memos.isChanged !== true)) return;
    const { entries } = process;
    process.entries = [];
    const before = standingOf(this.#world.disk);
    process.ticks!.flush();
    this.#end(process, entries, before);
  }

  /** A process that ended in its commit has kept it or not; nobody is answered. */
  #end(process: Process, entries: readonly Entry[], before: Standing): void {
    const { commits, ghosts } = this.#world.disk;
    if (process.dead && commits === before.commits) return;
    this.#ended.push({ process, entries, since: before.commits, commits, ghost: ghosts > before.ghosts });
  }

  #countShared(process: Process): void {
    const overflowed = sharedBy(process);
    this.shared += overflowed - process.shared;
    process.shared = overflowed;
  }

  /** Once what was promised is told. */
  settle(): void {
    const all = this.#ended;
    this.#ended = [];
    for (const { process, entries, since, commits, ghost } of all) {
      const failed: Entry[] = [];
      for (const entry of entries) {
        entry.commit = commits;
        // A process that ended in its commit tells nobody anything, and what it says to itself is no matter.
        const isKept = process.dead && commits > since ? !entry.unread : !isStoreFault(entry.answer);
        if (process.dead) entry.answer = undefined;
        if (isKept) this.#world.audits.done(entry);
        else failed.push(entry);
        if (entry.answer !== undefined) entry.reply(entry.answer);
      }
      if (ghost) this.#ghost = { entries: failed, after: this.#world.audits.length };
      if (!process.dead) requireRoom(process, this.#options);
      this.#countShared(process);
      for (const entry of failed) this.#world.audits.failed(entry);
    }
  }

  /** What was told to have failed is there all the same: it counts, and let nobody in. */
  #keepGhost(): void {
    const { entries, after } = this.#ghost;
    for (const entry of entries) {
      entry.answer = undefined;
      entry.commit = this.#world.disk.commits;
    }
    this.#world.audits.found(
      entries.filter(({ unread }) => !unread),
      after,
    );
  }

  #dieSoon(process: Process): void {
    const { random, disk, faults } = this.#world;
    const inCommit = process.ticks !== undefined && random.chance(0.5);
    if (!inCommit) {
      faults.count('killed');
      return this.#die(process);
    }
    disk.onEnd = () => {
      faults.count('killed in a commit');
      this.#die(process);
    };
    disk.endsAfter = random.int(0, 12);
  }

  #die(process: Process): void {
    const { random, disk, faults, events } = this.#world;
    process.dead = true;
    this.#process = undefined;
    disk.endsAfter = Infinity;
    const powerFails = process.ticks !== undefined && random.chance(this.#options.powerFails);
    events.in(random.int(1, this.#options.awayMs), () => {
      if (powerFails) {
        faults.count('power cut');
        disk.cutPower();
        this.#mayLose = !disk.syncs;
      }
      this.begin();
    });
  }

  #entry(step: Step, reply: Entry['reply'], unread: boolean): Entry {
    const { clock } = this.#world;
    const [nowMs, wallMs] = [clock.monotonicMs(), clock.wallMs()];
    return { step, nowMs, wallMs, unread, answer: undefined, expected: undefined, commit: 0, reply };
  }
}

/** Nobody amends what was forgotten since: a store may take it for a charge that was made after. A decay knows since when it counts. */
function isForgotten({ chargedAtMs = Infinity, program }: Step, { forgotAtMs }: Process): boolean {
  return chargedAtMs <= forgotAtMs && program.checks.some(({ kind }) => kind !== 'decay');
}

function standingOf({ commits, ghosts }: Disk): Standing {
  return { commits, ghosts };
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && ('code' in error || error.message === 'the process has ended');
}
