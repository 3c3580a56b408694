import type { Rung } from '../../core/index.ts';
import type { Action, LadderStep, Limit, Value } from '../compiled.ts';
import { evaluate, readsOf, type Expr, type Scope } from '../expression/index.ts';
import type { PlannedLadder, PlannedRung, PlannedTell } from '../plan.ts';
import { leavesOf } from './choice.ts';
import { exactOf, scalarOf } from './figures.ts';

const WHOLE = 1000;
const MAX_PERMILLE = 10_000;
const PASSING: ReadonlySet<Action['is']> = new Set(['admit', 'bill', 'shadow']);

/** What happens at which fill of a limit, for one ask; undefined: what would pass 100 % is denied. */
export function ladderOf(
  { ladder, algorithm, kind }: Limit,
  scope: Scope,
  maxDelayMs: number,
): PlannedLadder | undefined {
  if (ladder === undefined) return undefined;
  const holding = ladder.filter((step) => readsReason(step.when) || holds(step, scope));
  const rungs: { readonly permille: number; readonly choices: PlannedRung['choices'][number][] }[] = [];
  const tells: PlannedTell[] = [];
  for (const { at, when, action } of holding) {
    const permille = fillOf(at, action, scope);
    if (permille === undefined) continue;
    if (action.is === 'notify' || action.is === 'mark') tells.push({ permille, action });
    else if (!rungs.some((rung) => rung.permille === permille))
      rungs.push({ permille, choices: [{ when: readsReason(when) ? when : undefined, action }] });
    else
      rungs
        .find((rung) => rung.permille === permille)
        ?.choices.push({ when: readsReason(when) ? when : undefined, action });
  }
  const books = kind === 'rate' && algorithm === 'bucket';
  const made = books ? rungs.map((rung) => booking(rung, scope, maxDelayMs)) : rungs;
  return { rungs: made.length === 0 ? SOFT : made.toSorted(byFill), tells: tells.toSorted(byFill) };
}

/** A bucket that holds back books the instant. How long that may be, where it cannot be told, is no time. */
function booking(rung: PlannedRung, scope: Scope, maxDelayMs: number): PlannedRung {
  const action = decisive(rung.choices)?.action;
  if (action?.is !== 'delay') return rung;
  return { ...rung, delayMs: Math.min(exactOf(action.upToMs, scope) ?? 0, maxDelayMs) };
}

/** Nothing refuses. */
const SOFT: readonly PlannedRung[] = [{ permille: WHOLE, choices: [{ when: undefined, action: { is: 'admit' } }] }];

function byFill(a: { readonly permille: number }, b: { readonly permille: number }): number {
  return a.permille - b.permille;
}

/** Known only once it is refused. */
export function readsReason(when: Expr | undefined): boolean {
  return when !== undefined && readsOf(when).includes('reason');
}

/** Where it cannot be told, what lets in does not hold, and all else does: leaving a field out is no way round. */
function holds({ when, action }: LadderStep, scope: Scope): boolean {
  if (when === undefined) return true;
  const value = evaluate(when, scope);
  return PASSING.has(action.is) ? value === true : value !== false;
}

/** A fill that cannot be told is the least that is named, of what lets in none. */
function fillOf(at: Value, action: Action, scope: Scope): number | undefined {
  const told = scalarOf(at, scope);
  if (typeof told === 'number' && told >= 1) return Math.min(MAX_PERMILLE, Math.floor(told));
  if (PASSING.has(action.is)) return undefined;
  const named = leavesOf<Exclude<Value, { is: 'table' | 'cases' }>>(at).flatMap((leaf) =>
    leaf.is === 'literal' && typeof leaf.value === 'number' ? leaf.value : [],
  );
  return Math.min(WHOLE, ...named);
}

/** What the engine must know of it. A denial at 100 % alone is what any check does. */
export function rungsOf(ladder: PlannedLadder | undefined, count: Limit['count']): readonly Rung[] {
  if (ladder === undefined || (isUsual(ladder) && count !== 'denials')) return [];
  return ladder.rungs.map((rung) => rungFor(rung));
}

function rungFor(rung: PlannedRung): Rung {
  const { permille, delayMs = 0 } = rung;
  return { permille, does: doesAt(rung), ...(delayMs > 0 && { delayMs }) };
}

export function isUsual({ rungs }: PlannedLadder): boolean {
  const [only] = rungs;
  return rungs.length === 1 && only?.permille === WHOLE && doesAt(only) === 'refuse' && only.delayMs === undefined;
}

function doesAt({ choices }: PlannedRung): Rung['does'] {
  const is = decisive(choices)?.action.is;
  if (is === 'admit' || is === 'bill') return 'admit';
  return is === 'shadow' ? 'shadow' : 'refuse';
}

/** The one that decides whatever the reason. */
function decisive(choices: PlannedRung['choices']): PlannedRung['choices'][number] | undefined {
  return choices.find(({ when }) => when === undefined) ?? choices[0];
}

/** Which rung sets a block: the place in the list, -1 when it does not hold for this ask. */
export function rungOfBlock({ rungs }: PlannedLadder, ordinal: number): number {
  return rungs.findIndex(({ choices }) => {
    const action = decisive(choices)?.action;
    return action?.is === 'block' && action.block.ordinal === ordinal;
  });
}
