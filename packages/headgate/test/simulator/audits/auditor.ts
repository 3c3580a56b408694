import type { Entry } from '../entry.ts';

/** Looks on, and throws when it finds a lie. */
export interface Auditor {
  /** A step that counts: it is told of all of them in their order. `again`: it has seen it before it was made to forget. */
  done(entry: Entry, again: boolean): void;
  /** Another process has begun, on what the one before it left. */
  restarted?(nowMs: number): void;
  /** Forgets all. */
  reset(): void;
}
