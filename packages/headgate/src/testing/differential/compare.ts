import { HeadgateError, type Outcome, type Step, type SyncStore } from '../../core/index.ts';

/** No reservation of a random world lasts longer, and without any a second is told. */
const LONGEST_HINT_MS = 1000;

/** What a store did with a step: its outcome, or its fault. */
export type Answer = Outcome | { readonly fault: string };

export function ask(store: SyncStore, step: Step): Answer {
  try {
    return store.apply(step);
  } catch (error) {
    return { fault: error instanceof HeadgateError ? error.code : String(error instanceof Error ? error.stack : error) };
  }
}

/** Two answers as text, for people to see where they differ; undefined when they say the same. */
export function difference(truth: Answer, told: Answer, step: Step): string | undefined {
  const expected = JSON.stringify(said(truth));
  const got = JSON.stringify(said(told));
  if (expected === got && hintIsTrue(truth, told, step)) return undefined;
  return `expected ${expected} retry ${retryOf(truth)}\n     got ${got} retry ${retryOf(told)}`;
}

/** Everything that is told but the wait, which is compared apart. */
function said(answer: Answer): unknown {
  if ('fault' in answer) return answer;
  const { status, allowed, no, binding, once, replayed, reservationId, returned } = answer;
  if (status === 'stale') return { status, allowed };
  const figures = answer.figures.map((figure) => (Number.isFinite(figure) ? figure : String(figure)));
  const waits = answer.waits.every((wait) => wait === 0) ? [] : answer.waits;
  const exact = no === 'until' || no === 'never' || no === 'none';
  return { status, allowed, no, binding, once, replayed, reservationId, returned: returned + 0, figures, waits, exact };
}

/**
 * Waits are exact, unless it waits for somebody else: then it is a hint, which may be early by what was since given
 * back or renewed. The oracle says NaN where no instant is known.
 */
function hintIsTrue(truth: Answer, told: Answer, step: Step): boolean {
  if ('fault' in truth || 'fault' in told || truth.status === 'stale' || Number.isNaN(truth.retryAfterMs)) return true;
  if (truth.no !== 'freed' || step.program.checks[truth.binding]!.hintMs > 0) return told.retryAfterMs === truth.retryAfterMs;
  return told.retryAfterMs >= 1 && told.retryAfterMs <= Math.max(truth.retryAfterMs, LONGEST_HINT_MS);
}

function retryOf(answer: Answer): number | undefined {
  return 'fault' in answer ? undefined : answer.retryAfterMs;
}

/** A step in few words: what was asked, of whom. */
export function inWords({ op, program, keys, costs, requestId, reservationId, losses }: Step): string {
  return `${op} program ${program.id} keys ${JSON.stringify(keys)} costs ${costs.map(String).join()} request ${requestId} reservation ${reservationId} losses ${losses?.join()}`;
}

