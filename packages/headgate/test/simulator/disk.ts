import type { Random } from '../../src/testing/index.ts';
import type { FaultCounts } from './faults.ts';
import { Tables, type Piece } from './tables.ts';

export interface DiskOptions {
  /** Whether a commit waits until it is kept by the disk itself. */
  readonly syncs: boolean;
  /** Chances that one write, one reading, one commit and one wait for the disk fail. */
  readonly failsWrites: number;
  readonly failsReads: number;
  readonly failsCommits: number;
  readonly failsSyncs: number;
  /** Chance that a write finds the disk full, and how many more writes do then. */
  readonly fills: number;
  readonly fullFor: number;
}

/** Commits that are not synced are brought to the disk after so many, at the latest. */
const CHECKPOINT = 24;

/**
 * A disk with a log on it. What was written and not synced is the system's: it outlives the process, and of it a power cut leaves any
 * pieces, in any order. A process that comes later finds every commit up to the first of which a piece is missing, as a log with
 * checksums is read.
 */
export class Disk {
  /** Whether anything goes wrong. */
  faulty = true;
  /** Commits that stand in the file, from its beginning. */
  commits = 0;
  /** Commits that were told to have failed since nothing could be synced. */
  ghosts = 0;
  /** The process is to end when so many more pieces are written. */
  endsAfter: number = Infinity;
  /** Told when it does. */
  onEnd: () => void = () => undefined;
  readonly #options: DiskOptions;
  readonly #random: Random;
  readonly #faults: FaultCounts;
  /** What the disk keeps whatever happens. */
  readonly #kept: Tables = new Tables();
  #log: (readonly Piece[])[] = [];
  /** A commit that was told to have failed since nothing could be synced: it stands there until the next is written over it. */
  #ghost: readonly Piece[] | undefined;
  #fullFor = 0;

  constructor(options: DiskOptions, random: Random, faults: FaultCounts) {
    this.#options = options;
    this.#random = random;
    this.#faults = faults;
    for (const name of ['boot', 'records', 'shared'] as const) this.#kept.put({ table: 'about', name, value: 0 });
    this.#kept.put({ table: 'about', name: 'seed', value: random.bits() });
  }

  /** What a process finds that begins now. A commit that had failed may be there after all: says so. */
  open(): { readonly tables: Tables; readonly ghost: boolean } {
    const ghost = this.#ghost !== undefined;
    if (this.#ghost !== undefined) {
      this.#log.push(this.#ghost);
      this.commits++;
    }
    this.#ghost = undefined;
    const tables = new Tables(this.#kept);
    for (const pieces of this.#log) for (const piece of pieces) tables.put(piece);
    return { tables, ghost };
  }

  get syncs(): boolean {
    return this.#options.syncs;
  }

  /** @throws what the system says of a reading that failed */
  read(): void {
    if (this.faulty && this.#random.chance(this.#options.failsReads))
      throw this.#fault('failed read', 'SQLITE_IOERR_READ');
  }

  /** @throws what the system says of a write that failed */
  write(): void {
    if (!this.faulty) return;
    if (this.#fullFor === 0 && this.#random.chance(this.#options.fills)) this.#fullFor = this.#options.fullFor;
    if (this.#fullFor > 0) {
      this.#fullFor--;
      throw this.#fault('full disk', 'SQLITE_FULL');
    }
    if (this.#random.chance(this.#options.failsWrites)) throw this.#fault('failed write', 'SQLITE_IOERR_WRITE');
  }

  /** @throws what the system says of a commit that failed: it does not count, unless the process finds otherwise when it begins again */
  commit(pieces: readonly Piece[]): void {
    // Whatever stands behind the last commit is written over.
    this.#ghost = undefined;
    if (this.endsAfter < pieces.length) throw this.#end();
    if (this.faulty && this.#random.chance(this.#options.failsCommits))
      throw this.#fault('failed commit', 'SQLITE_IOERR_WRITE');
    if (this.#options.syncs && this.faulty && this.#random.chance(this.#options.failsSyncs)) {
      this.#ghost = pieces;
      this.ghosts++;
      throw this.#fault('failed sync', 'SQLITE_IOERR_FSYNC');
    }
    this.#log.push(pieces);
    this.commits++;
    // It ends once all is written, and before anybody is answered.
    if (this.endsAfter < Infinity) throw this.#end();
    if (this.#options.syncs || this.#log.length >= CHECKPOINT) this.#sync();
  }

  /** The power fails. Of what was not synced any pieces are left. */
  cutPower(): void {
    const log = this.#ghost === undefined ? this.#log : [...this.#log, this.#ghost];
    const ghosts = log.length - this.#log.length;
    this.commits -= this.#log.length;
    const whole = log.findIndex((pieces) => !this.#isLeft(pieces));
    this.#log = whole < 0 ? log : log.slice(0, whole);
    this.commits += this.#log.length;
    // Whoever opens the file finds it, and says so.
    if (ghosts > 0 && whole < 0) {
      this.#ghost = this.#log.pop();
      this.commits--;
    } else this.#ghost = undefined;
    this.#fullFor = 0;
  }

  #isLeft(pieces: readonly Piece[]): boolean {
    const left = pieces.filter(() => this.#random.chance(0.9)).length;
    if (left > 0 && left < pieces.length) this.#faults.count('torn commit');
    return left === pieces.length;
  }

  #sync(): void {
    for (const pieces of this.#log) for (const piece of pieces) this.#kept.put(piece);
    this.#log = [];
  }

  #end(): Error {
    this.endsAfter = Infinity;
    this.onEnd();
    return new Error('the process has ended');
  }

  #fault(fault: 'failed read' | 'failed write' | 'failed commit' | 'failed sync' | 'full disk', code: string): Error {
    this.#faults.count(fault);
    return Object.assign(new Error(`${code}: simulated`), { code });
  }
}
