import { HeadgateError, type Outcome, type Step, type SyncStore } from '../../core/index.ts';

/** What a store did with a step: its outcome, or its fault. */
export type Answer = Outcome | { readonly fault: string };

export function ask(store: SyncStore, step: Step): Answer {
  try {
    return store.apply(step);
  } catch (error) {
    return {
      fault: error instanceof HeadgateError ? error.code : String(error instanceof Error ? error.stack : error),
    };
  }
}

/** Two answers as text, for people to see where they differ; undefined when they say the same. */
export function difference(truth: Answer, told: Answer): string | undefined {
  const expected = JSON.stringify(said(truth));
  const got = JSON.stringify(said(told));
  if (expected === got && waitIsTrue(truth, told)) return undefined;
  return `expected ${expected} retry ${retryOf(truth)}\n     got ${got} retry ${retryOf(told)}`;
}

/** Everything that is told but the wait, which is compared apart. */
function said(answer: Answer): unknown {
  if ('fault' in answer) return answer;
  const { status, allowed, no, binding, once, replayed, reservationId, returned } = answer;
  if (status === 'stale') return { status, allowed };
  const figures = answer.figures.map((figure) => (Number.isFinite(figure) ? figure : String(figure)));
  const waits = answer.waits.every((wait) => wait === 0) ? [] : answer.waits;
  return { status, allowed, no, binding, once, replayed, reservationId, returned: returned + 0, figures, waits };
}

/** The oracle says NaN where no instant is known at which all admit: then no wait is wrong. */
function waitIsTrue(truth: Answer, told: Answer): boolean {
  if ('fault' in truth || 'fault' in told || truth.status === 'stale') return true;
  return Number.isNaN(truth.retryAfterMs) || told.retryAfterMs === truth.retryAfterMs;
}

function retryOf(answer: Answer): number | undefined {
  return 'fault' in answer ? undefined : answer.retryAfterMs;
}

/** A step in few words: what was asked, of whom. */
export function inWords({ op, program, keys, costs, requestId, reservationId, losses }: Step): string {
  return `${op} program ${program.id} keys ${JSON.stringify(keys)} costs ${costs.map(String).join()} request ${requestId} reservation ${reservationId} losses ${losses?.join()}`;
}
