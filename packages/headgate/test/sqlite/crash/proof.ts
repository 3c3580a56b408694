import type { Outcome, Step } from '../../../src/core/index.ts';
import { sqliteStore, type SqliteStore } from '../../../src/stores/sqlite/index.ts';
import { ALL, CALLERS, HELD, PLENTY, SPENT, type Noted } from './load.ts';

/** What is known of one id: how far it is certain to have come, and how far it may have. */
interface Known {
  readonly caller: string;
  readonly asked: Set<Noted['what']>;
  readonly answered: Set<Noted['what']>;
}

/** Reads a log: its last line may be cut. */
function knownOf(log: string): Map<string, Known> {
  const known = new Map<string, Known>();
  for (const line of log.split('\n').slice(0, -1)) {
    const { what, when, caller, id } = JSON.parse(line) as Noted; // What the worker wrote.
    const one = known.get(id) ?? { caller, asked: new Set(), answered: new Set() };
    one[when].add(what);
    known.set(id, one);
  }
  return known;
}

/** Looks at what a file holds beside what is known to have been answered; every wrong in words. */
export async function wrongs(file: string, log: string): Promise<string[]> {
  const store = sqliteStore({ file });
  try {
    const found = new Found(store);
    for (const [id, known] of knownOf(log)) await found.look(id, known);
    return [...found.wrongs, ...(await found.counts())];
  } finally {
    await store.close();
  }
}

class Found {
  readonly wrongs: string[] = [];
  readonly #store: SqliteStore;
  readonly #held: Map<string, number> = new Map();
  readonly #charged: Map<string, number> = new Map();

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  async look(id: string, { caller, asked, answered }: Known): Promise<void> {
    if (asked.has('spend')) {
      const { replayed } = await this.#ask({ op: 'peek', program: SPENT, keys: [caller], costs: [1], requestId: id });
      if (replayed) add(this.#charged, caller);
      if (!replayed && answered.has('spend')) this.wrongs.push(`${id}: was charged, and is not known any more`);
      return;
    }
    const step = { program: HELD, keys: [caller, ALL], costs: [0, 0, 0, 0], reservationId: id };
    const lives = (await this.#ask({ op: 'renew', ...step })).status === 'ok';
    if (lives) add(this.#held, caller);
    if (!lives && answered.has('hold') && !asked.has('cancel')) this.wrongs.push(`${id}: was reserved, and is lost`);
    if (lives && answered.has('cancel')) this.wrongs.push(`${id}: was cancelled, and lives again`);
  }

  /** Each counter says exactly what the ids say: a step is in the file whole, or not at all. */
  async counts(): Promise<string[]> {
    const wrong: string[] = [];
    const expect = (what: string, got: number | undefined, expected: number): void => {
      if (got !== expected) wrong.push(`${what}: ${got} counted, ${expected} known`);
    };
    let all = 0;
    for (const caller of CALLERS) {
      const held = this.#held.get(caller) ?? 0;
      all += held;
      const [reserved] = await this.#used(HELD, [caller, ALL]);
      const [spent] = await this.#used(SPENT, [caller]);
      expect(`quota reserved by ${caller}`, reserved, held);
      expect(`quota spent by ${caller}`, spent, this.#charged.get(caller) ?? 0);
    }
    const [, , level, permits] = await this.#used(HELD, ['nobody', ALL]);
    expect('level', level, all);
    expect('permits', permits, all);
    return wrong;
  }

  /** What counts, check by check. */
  async #used(program: Step['program'], keys: readonly string[]): Promise<number[]> {
    const { figures } = await this.#ask({ op: 'peek', program, keys, costs: program.checks.map(() => 0) });
    return figures.filter((_, i) => i % 2 === 0).map((left) => PLENTY - left);
  }

  #ask(step: Step): Promise<Outcome> {
    return this.#store.apply(step, 0);
  }
}

function add(counts: Map<string, number>, caller: string): void {
  counts.set(caller, (counts.get(caller) ?? 0) + 1);
}
