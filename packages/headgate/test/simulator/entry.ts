import type { Outcome, Step } from '../../src/core/index.ts';

/** What a step came to: an answer, or the code of its fault. */
export type Answer = Outcome | Fault;

export interface Fault {
  readonly fault: string;
}

/** One step as a store carried it out. */
export interface Entry {
  readonly step: Step;
  /** What the store's clocks said. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** Whether the store could not read what it asks of: it did nothing. */
  readonly unread: boolean;
  /** What was answered; undefined: the process ended before it was. */
  answer: Answer | undefined;
  /** What the model says, where it was asked: also of what nobody was told. */
  expected: Answer | undefined;
  /** The last of the commits that it needs. */
  commit: number;
  readonly reply: (answer: Answer) => void;
}

/** What came of a step that did something, as far as it is known. */
export function outcomeOf({ answer, expected }: Entry): Outcome | undefined {
  const known = answer ?? expected;
  return known === undefined || 'fault' in known ? undefined : known;
}
