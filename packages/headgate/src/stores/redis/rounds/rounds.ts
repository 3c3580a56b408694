import type { Instant } from '../../../core/index.ts';
import { storeFault } from '../faults.ts';
import type { Sender } from '../port/sender.ts';
import type { Banks } from '../records/banks.ts';
import type { Ask } from './ask.ts';
import { answerOf, argsOf, COMPARE_AND_SET, GUESS_MS, type Found } from './compare-and-set.ts';
import type { Group } from './group.ts';
import { groupsOf } from './grouping.ts';
import { Known } from './known.ts';
import type { RedisTime } from './redis-time.ts';
import { answerAll, contended, failAll, homeOf, inCalls, MAX_ROUNDS, unread, type Turn } from './turn.ts';

export interface Setting {
  readonly banks: Banks;
  readonly sender: Sender;
  readonly time: RedisTime;
  /** The instant that steps are carried out at, when it is so many ms in Redis. */
  readonly instantAt: (redisMs: number) => Instant;
  /** Whether that is Redis's own time. */
  readonly ownClock: boolean;
  /** What is added to each lifetime, in ms. */
  readonly moreMs: number;
  /** Takes what a script can decide; false where it cannot. */
  readonly release: (ask: Ask) => boolean;
}

/**
 * Any step at all: the records are read, the engine decides on them here, and they are written if they are still as they were
 * read. What this process asks of one record while that is under way waits, and is decided together then.
 */
export class Rounds {
  readonly #setting: Setting;
  readonly #known: Known = new Known();
  readonly #busy: Set<string> = new Set();
  /** Records of those that wait. */
  readonly #wanted: Set<string> = new Set();
  #waiting: Ask[] = [];
  /** Steps that the engine has decided. */
  decided = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  add(ask: Ask): void {
    this.#waiting.push(ask);
    for (const { name } of ask.places) this.#wanted.add(name);
  }

  /** Whether any of its records is being decided, or waits for it: nobody overtakes. */
  isBusy({ places }: Ask): boolean {
    if (this.#busy.size === 0 && this.#wanted.size === 0) return false;
    return places.some(({ name }) => this.#busy.has(name) || this.#wanted.has(name));
  }

  /** Begins what can be begun now. */
  start(): void {
    const { sender } = this.#setting;
    if (this.#waiting.length === 0) return;
    // While nothing can be sent, what nobody waits for any more must not pile up here.
    if (sender.isFull) return this.#wait(this.#waiting.filter(({ isOver }) => !isOver));
    const { groups, later } = groupsOf(this.#kept(), this.#busy);
    this.#waiting = later;
    const room = sender.room();
    const unsent: Ask[] = [];
    for (const call of inCalls(groups, sender.isCluster))
      if (room.take(homeOf(call[0]!))) void this.#carryOut(call);
      else unsent.push(...call.flatMap(({ asks }) => asks));
    this.#wait([...unsent, ...this.#waiting]);
  }

  #wait(asks: Ask[]): void {
    this.#waiting = asks;
    this.#wanted.clear();
    for (const { places } of asks) for (const { name } of places) this.#wanted.add(name);
  }

  /** What came meanwhile and needs no engine is let go, unless what comes before it on the same record stays. */
  #kept(): Ask[] {
    const blocked = new Set(this.#busy);
    return this.#waiting.filter((ask) => {
      if (ask.isOver) return false;
      const waits = ask.needsEngine || ask.places.some(({ name }) => blocked.has(name));
      if (!waits && this.#setting.release(ask)) return false;
      for (const { name } of ask.places) blocked.add(name);
      return true;
    });
  }

  async #carryOut(groups: readonly Group[]): Promise<void> {
    for (const { places } of groups) for (const { name } of places) this.#busy.add(name);
    let turns = groups.flatMap((group) => this.#first(group));
    // oxlint-disable-next-line no-await-in-loop -- each round follows from the one before
    while (turns.length > 0) turns = await this.#round(turns);
  }

  /** Who was the last to write need not read first. */
  #first(group: Group): Turn[] {
    const micros = this.#setting.time.guess();
    const values = micros > 0 ? this.#known.of(group.places) : undefined;
    return values === undefined ? [unread(group)] : this.#attempt(group, values, micros);
  }

  async #round(turns: readonly Turn[]): Promise<Turn[]> {
    const { sender, time } = this.#setting;
    const attempts = turns.map(({ attempt }) => attempt);
    try {
      const { keys, args } = argsOf(attempts);
      const { micros, groups } = answerOf(
        attempts,
        await sender.send(homeOf(turns[0]!.group), COMPARE_AND_SET, keys, args),
      );
      time.read(micros);
      return turns.flatMap((turn, i) => this.#next(turn, groups[i], micros));
    } catch (error) {
      for (const { group } of turns) this.#end(group, () => failAll(group, storeFault(error)));
      return [];
    }
  }

  /** What a group does after its turn: nothing more, or another turn. */
  #next(turn: Turn, found: Found, micros: number): Turn[] {
    const { group } = turn;
    if (found instanceof Error) return this.#end(group, () => failAll(group, storeFault(found)));
    if (found === undefined) return this.#end(group, () => this.#written(turn));
    group.dropOver();
    for (const [i, place] of group.places.entries()) this.#known.see(place, found[i]);
    if (group.asks.length === 0) return this.#end(group);
    if (++group.rounds > MAX_ROUNDS) return this.#end(group, () => failAll(group, contended()));
    return this.#attempt(group, found, micros).flatMap((next) => {
      const changes = next.attempt.records.some(({ write }) => write !== undefined);
      // What was read just now, and stays as it is, need not be compared.
      return changes ? [next] : this.#end(group, () => this.#answer(next));
    });
  }

  #attempt(group: Group, values: readonly (Buffer | undefined)[], micros: number): Turn[] {
    const { instantAt, ownClock, time } = this.#setting;
    const redisMs = Math.floor(micros / 1000);
    try {
      const decided = group.decide(this.#setting, values, instantAt(redisMs), micros);
      const untilMs = Math.min(redisMs + GUESS_MS, Math.floor(time.at(group.endsAtMs) / 1000));
      return [{ group, decided, attempt: { nowMs: ownClock ? redisMs : 0, untilMs, records: decided.expected } }];
    } catch (fault) {
      return this.#end(group, () => failAll(group, fault));
    }
  }

  #answer(turn: Turn): void {
    this.decided += turn.group.asks.length;
    answerAll(turn);
  }

  #written(turn: Turn): void {
    for (const [i, place] of turn.group.places.entries()) {
      const { write } = turn.attempt.records[i]!;
      if (write !== undefined) this.#known.see(place, write.value);
    }
    this.#answer(turn);
  }

  /** Frees the records before anybody is answered: who asks again at once is not to wait. */
  #end(group: Group, answer?: () => void): Turn[] {
    for (const { name } of group.places) this.#busy.delete(name);
    answer?.();
    this.start();
    return [];
  }
}
