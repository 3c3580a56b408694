import { HeadgateError, type AsyncStore, type Outcome, type Step, type SyncStore } from '../../core/index.ts';

/** What a store did with a step: its outcome, or its fault. */
export type Answer = Outcome | { readonly fault: string };

/** No store takes so long over one step. In ms. */
const DEADLINE_MS = 5000;

export async function ask(store: SyncStore | AsyncStore, step: Step): Promise<Answer> {
  try {
    return await store.apply(step, DEADLINE_MS);
  } catch (error) {
    return {
      fault: error instanceof HeadgateError ? error.code : String(error instanceof Error ? error.stack : error),
    };
  }
}

/** Two answers as text, for people to see where they differ; undefined when they say the same. */
export function difference(truth: Answer, told: Answer): string | undefined {
  if (isAlike(truth, told)) return undefined;
  const expected = JSON.stringify(said(truth));
  const got = JSON.stringify(said(told));
  if (expected === got) return undefined;
  return `expected ${expected}\n     got ${got}`;
}

/** Whether two answers are surely the same: most are, and are told without a word. */
function isAlike(a: Answer, b: Answer): boolean {
  if ('fault' in a || 'fault' in b) return 'fault' in a && 'fault' in b && a.fault === b.fault;
  return (
    a.status === b.status &&
    a.allowed === b.allowed &&
    a.no === b.no &&
    a.binding === b.binding &&
    a.retryAfterMs === b.retryAfterMs &&
    a.once === b.once &&
    a.replayed === b.replayed &&
    a.reservationId === b.reservationId &&
    a.returned === b.returned &&
    areSame(a.figures, b.figures) &&
    areSame(a.waits, b.waits) &&
    areSame(a.returns, b.returns) &&
    areSame(a.extras, b.extras)
  );
}

function areSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}

/** Everything that is told. */
function said(answer: Answer): unknown {
  if ('fault' in answer) return answer;
  const {
    status,
    allowed,
    no,
    binding,
    retryAfterMs,
    once,
    replayed,
    reservationId,
    returned,
    returns,
    extras,
    rungs,
    used,
  } = answer;
  if (status === 'stale') return { status, allowed };
  const figures = answer.figures.map((figure) => (Number.isFinite(figure) ? figure : String(figure)));
  const waits = answer.waits.every((wait) => wait === 0) ? [] : answer.waits;
  return {
    status,
    allowed,
    no,
    binding,
    retryAfterMs,
    once,
    replayed,
    reservationId,
    extras: extras.length === 0 ? [] : answer.figures.flatMap((_, i) => (i % 2 === 0 ? [extras[i / 2] ?? 0] : [])),
    returned: returned + 0,
    returns: returns.map((units) => units + 0),
    figures,
    waits,
    rungs,
    used,
  };
}

/** A step in few words: what was asked, of whom. */
export function inWords({
  op,
  program,
  keys,
  costs,
  requestId,
  reservationId,
  losses,
  chargedAtMs,
  grant,
}: Step): string {
  return `${op} program ${program.id} of ${program.checks.map(({ kind }) => kind).join()} keys ${JSON.stringify(keys)} costs ${costs.map(String).join()} request ${requestId} reservation ${reservationId} losses ${losses?.join()} charged at ${chargedAtMs} grant ${JSON.stringify(grant)}`;
}
