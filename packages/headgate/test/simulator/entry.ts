import type { Outcome, Step } from '../../src/core/index.ts';

/** What a step came to: an answer, or the code of its fault. */
export type Answer = Outcome | { readonly fault: string };

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
  /** The last of the commits that it needs. */
  commit: number;
  readonly reply: (answer: Answer) => void;
}

/** Looks on: told of each thing that a store did, in its order. Each throws when it finds a lie. */
export interface Auditor {
  /** It is kept, and was answered unless nobody was there to hear it. */
  done(entry: Entry): void;
  /** It was told to have failed, and must not count. */
  failed(entry: Entry): void;
  /** A process began that keeps so many commits, and no more; undefined: it keeps nothing. */
  began(commits: number | undefined): void;
}
