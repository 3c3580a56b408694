import type { Clock, Outcome, Program, Step, SyncStore } from '../../../src/core/index.ts';
import { Ticks, type TicksOptions } from '../../../src/stores/sqlite/ticks.ts';
import { DiskRows } from '../disk-rows.ts';
import type { Disk } from '../disk.ts';
import type { Parts } from '../simulate.ts';
import { makeMemory, type Kept } from '../stores.ts';

/** What rows ask of a disk. */
export type Writing = Pick<Disk, 'read' | 'write' | 'commit'>;

/** A store in a file with other rows, another disk or another clock. */
export interface Bent {
  readonly rows?: (disk: Writing, kept: Kept) => DiskRows;
  readonly disk?: (disk: Writing) => Writing;
  readonly clock?: (clock: Clock) => Clock;
}

export function bent({ rows, disk, clock = (same) => same }: Bent): Parts {
  return {
    makeTicks: (kept, later) => {
      const writing = disk?.(kept.disk) ?? kept.disk;
      const made = rows?.(writing, kept) ?? new DiskRows(writing, kept.tables);
      return new Ticks({ ...ticksOf(kept), rows: made, clock: clock(kept.clock), later });
    },
    makeMemory: (own, maxRecords) => makeMemory(clock(own), maxRecords),
  };
}

/** Both stores, each of which is asked by something that does not keep to what it is told. */
export function asked(by: (store: SyncStore) => SyncStore): Parts {
  return {
    makeTicks: (kept, later) => new Asked({ ...ticksOf(kept), rows: new DiskRows(kept.disk, kept.tables), later }, by),
    makeMemory: (clock, maxRecords) => by(makeMemory(clock, maxRecords)),
    options: (options) => ({ ...options, server: { ...options.server, alone: 1 } }),
  };
}

/** Each step is another one. */
export function stepsBent(bend: (step: Step) => Step): Parts {
  return asked((store) => ({ traits: store.traits, apply: (step) => store.apply(bend(step)) }));
}

/** The same programs, each made anew once. */
export function programsBent(bend: (program: Program) => Program): Parts {
  const known = new WeakMap<Program, Program>();
  return stepsBent((step) => {
    let program = known.get(step.program);
    if (program === undefined) known.set(step.program, (program = bend(step.program)));
    return { ...step, program };
  });
}

/** Asked one step at a time. */
class Asked extends Ticks {
  readonly #store: SyncStore;

  constructor(options: TicksOptions, by: (store: SyncStore) => SyncStore) {
    super(options);
    this.#store = by({ traits: { name: 'kept', clock: 'process', durable: true }, apply: (step) => super.alone(step) });
  }

  override alone(step: Step): Outcome {
    return this.#store.apply(step);
  }
}

function ticksOf({ clock, maxInMemory, maxRecords }: Kept): Omit<TicksOptions, 'rows' | 'later'> {
  return { clock, file: 'broken', maxInMemory, maxRecords };
}
