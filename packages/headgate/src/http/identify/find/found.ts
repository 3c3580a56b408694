import type { Outcome } from '../../../core/index.ts';
import type { Literal } from '../../../profile/index.ts';
import { upon, type Soon } from '../../soon.ts';

export type Attributes = Readonly<Record<string, Literal>>;

/** What looking somebody up came to. */
export type Found =
  /** `id` says who it is where the credential itself does not. */
  | { readonly is: 'found'; readonly attributes: Attributes; readonly id?: string }
  | { readonly is: 'wrong' }
  /** Nobody can tell. The reason is for the log: no credential is in it. */
  | { readonly is: 'fault'; readonly reason: string }
  /** The address has as many guesses under way as it has left. */
  | { readonly is: 'exhausted'; readonly outcome: Outcome };

/** Looks a credential up; a promise only where it has to wait. Whatever is asked elsewhere is held for first. */
export type Find = (credential: string, hold: Hold) => Soon<Found>;

/**
 * Sets one guess of the address aside until this request is answered, so that a thousand at once are as many as one by one. The
 * refusal when none is left; undefined when somebody may be asked.
 */
export type Hold = () => Soon<Outcome | undefined>;

/** Asks somebody, when one may be asked. */
export function whenHeld(hold: Hold, ask: () => Soon<Found>): Soon<Found> {
  return upon(hold(), (outcome) => (outcome === undefined ? ask() : { is: 'exhausted', outcome }));
}

export const WRONG: Found = { is: 'wrong' };

export function fault(error: unknown): Found {
  return { is: 'fault', reason: error instanceof Error ? error.message : String(error) };
}
