import type { Instant, Outcome } from '../../../core/index.ts';
import type { Banks } from '../records/banks.ts';
import type { Place } from '../records/key.ts';
import { learn, OpenRecord } from '../records/record.ts';
import type { Ask } from './ask.ts';
import type { Expected } from './compare-and-set.ts';

/** What the group's steps say once it is written. */
export type Said = Outcome | { readonly fault: unknown };

/** Steps that share records, directly or by one another: they are decided together, one after another, and written as one. */
export class Group {
  asks: Ask[];
  readonly places: readonly Place[];
  /** How often it was decided on what was not so any more. */
  rounds = 0;

  constructor(asks: Ask[], places: readonly Place[]) {
    this.asks = asks;
    this.places = places;
  }

  /** Until when somebody waits for it. */
  get endsAtMs(): number {
    return this.asks.reduce((ms, ask) => Math.max(ms, ask.endsAtMs), 0);
  }

  /** What is there, not yet decided. */
  get unread(): Expected[] {
    return this.places.map(({ key }) => ({ key, version: -1 }));
  }

  /**
   * Carries out the steps on what was read.
   * @throws HeadgateError `ERR_STORE_FORMAT`
   */
  decide(
    { banks, moreMs }: { readonly banks: Banks; readonly moreMs: number },
    values: readonly (Buffer | undefined)[],
    t: Instant,
    micros: number,
  ): Decided {
    for (const { step } of this.asks) banks.bankOf(step.program);
    const shapes = this.#shapes(banks);
    for (const [i, value] of values.entries()) if (value !== undefined) learn(shapes[i]!, value);
    const records = new Map(
      this.places.map((place, i) => [place.name, new OpenRecord(place, shapes[i]!, values[i], t.now)]),
    );
    const said = this.asks.map((ask) => carryOut(ask, banks, records, t));
    const expected = [...records.values()].map((record): Expected => {
      const { place, version } = record;
      return {
        key: place.key,
        version,
        write: record.changed(t, { version: version === 0 ? micros : version + 1, moreMs }),
      };
    });
    return { said, expected };
  }

  #shapes(banks: Banks) {
    const byName = new Map(
      this.asks.flatMap(({ step, places }) =>
        places.map((place, r) => [place.name, banks.shape(step.program.records[r]!.id)] as const),
      ),
    );
    return this.places.map(({ name }) => byName.get(name)!); // The places are those of the steps.
  }

  /** Leaves out those that were answered meanwhile: they must not be charged any more. */
  dropOver(): void {
    if (this.asks.some(({ isOver }) => isOver)) this.asks = this.asks.filter(({ isOver }) => !isOver);
  }
}

export interface Decided {
  readonly said: readonly Said[];
  readonly expected: readonly Expected[];
}

function carryOut({ step, places }: Ask, banks: Banks, records: ReadonlyMap<string, OpenRecord>, t: Instant): Said {
  try {
    return banks.bankOf(step.program).apply(
      step,
      places.map(({ name }) => records.get(name)!), // Opened for all of the group's steps.
      t,
    );
  } catch (fault) {
    return { fault };
  }
}
