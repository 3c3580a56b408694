import type { Entry } from '../entry.ts';
import type { Auditor } from './auditor.ts';

/** In the log: a process that began, and when. */
interface Restart {
  readonly commit: number;
  readonly restartedAtMs: number;
}

/**
 * Everything that counts, in its order, for all who look on. What was told to have failed they never hear of, and what a power cut took they are made
 * to forget: so whoever compares finds what is lost, and what lives again.
 */
export class Audits {
  readonly #auditors: readonly Auditor[];
  #log: (Entry | Restart)[] = [];

  constructor(auditors: readonly Auditor[]) {
    this.#auditors = auditors;
  }

  done(entry: Entry): void {
    this.#log.push(entry);
    for (const auditor of this.#auditors) auditor.done(entry, false);
  }

  /** How much counts so far. */
  get length(): number {
    return this.#log.length;
  }

  /**
   * What was told to have failed is there all the same, and stands behind the first `length` of what counts. What came since was only looked at, or it would
   * have been written over it; it went with its process, and by its time nothing is to be judged that came before.
   */
  found(entries: readonly Entry[], length: number): void {
    if (entries.length === 0) return;
    if (this.#log.length > length) this.#again(this.#log.slice(0, length));
    for (const entry of entries) this.done(entry);
  }

  /** @throws Error when one that is not kept was answered */
  failed({ answer, step }: Entry): void {
    if (answer !== undefined && !('fault' in answer)) throw new Error(`${step.op} was answered, and is not kept`);
  }

  /** A process begins on so many commits; on -1 of them: it keeps nothing. Says what is lost. */
  began(commits: number, nowMs: number): readonly Entry[] {
    const kept = this.#log.filter(({ commit }) => commit <= commits);
    const lost = this.#log.flatMap((one) => (one.commit > commits && 'step' in one ? [one] : []));
    if (kept.length < this.#log.length) this.#again(kept);
    this.#log.push({ commit: commits, restartedAtMs: nowMs });
    for (const auditor of this.#auditors) auditor.restarted?.(nowMs);
    return lost;
  }

  #again(kept: (Entry | Restart)[]): void {
    this.#log = kept;
    for (const auditor of this.#auditors) {
      auditor.reset();
      for (const one of kept) {
        if ('step' in one) auditor.done(one, true);
        else auditor.restarted?.(one.restartedAtMs);
      }
    }
  }
}
