import { FAULTS, FaultCounts } from './faults.ts';
import { simulate, type Report } from './simulate.ts';

/** What many runs together came to. */
export class Many {
  seeds = 0;
  operations = 0;
  ordered = 0;
  undecided = 0;
  shared = 0;
  readonly faults: FaultCounts = new FaultCounts();

  async run(fromSeed: number, seeds: number): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- the first that fails ends it
    for (let seed = fromSeed; seed < fromSeed + seeds; seed++) this.add(await simulate(seed));
  }

  add({ operations, faults, shared, ordered, undecided }: Report): void {
    this.seeds++;
    this.operations += operations;
    this.ordered += ordered;
    this.undecided += undecided;
    this.shared += shared;
    this.faults.add(faults);
  }

  /** What never went wrong, of all that is to. */
  get missing(): readonly string[] {
    return FAULTS.filter((fault) => !this.faults.counts.has(fault));
  }

  toString(): string {
    return `${this.seeds} seeds, ${this.operations} operations, ${this.ordered} messages put in order, ${this.shared} of full stores, ${this.faults.total} faults`;
  }
}
