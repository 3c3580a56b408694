import type { Outcome, Program, Segment, Step, SyncStore } from '../../core/index.ts';

/** This process's share of what limits allow, counted in its own memory while a shared store does not answer. */
export class LocalStore implements SyncStore {
  readonly traits: SyncStore['traits'];
  readonly #store: SyncStore;
  readonly #nodes: number;
  readonly #shares: WeakMap<Program, Program> = new WeakMap();

  /** @param nodes how many processes share a store: each takes this part of every amount, rounded down, and one at least */
  constructor(store: SyncStore, nodes: number) {
    this.traits = store.traits;
    this.#store = store;
    this.#nodes = nodes;
  }

  apply(step: Step): Outcome {
    return this.#store.apply(this.#nodes === 1 ? step : { ...step, program: this.#shareOf(step.program) });
  }

  #shareOf(program: Program): Program {
    let share = this.#shares.get(program);
    if (share === undefined) this.#shares.set(program, (share = dividedBy(program, this.#nodes)));
    return share;
  }
}

function dividedBy(program: Program, nodes: number): Program {
  const partOf = (segment: Segment): Segment => ({
    ...segment,
    ...part('amount', segment.amount, nodes),
    ...part('burst', segment.burst, nodes),
    // A bucket refills by a part of its rate: the same parts a ms, of units that have so many more.
    scale: segment.refill === 0 ? segment.scale : segment.scale * nodes,
  });
  const checks = program.checks.map((check) =>
    check.kind === 'size' ? check : { ...check, segments: check.segments.map(partOf) },
  );
  return { ...program, checks };
}

function part<K extends string>(name: K, units: number, nodes: number): Record<K, number> {
  return { [name]: units === 0 ? 0 : Math.max(1, Math.floor(units / nodes)) } as Record<K, number>; // the one key that is written
}
