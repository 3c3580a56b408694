import { FIGURES, Outcome, WAIT, type No, type Step } from '../../../core/index.ts';
import type { Part } from './part.ts';

/** One part, and what its shard said. */
export interface Told {
  readonly part: Part;
  readonly out: Outcome;
}

/** What several shards said of their parts, as one answer. */
export function combine(step: Step, told: readonly Told[]): Outcome {
  const out = new Outcome(Math.max(...told.map((one) => one.out.nowMs)), step.program.checks.length);
  out.allowed = told.every((one) => one.out.allowed);
  out.status = statusOf(step, told);
  out.once = told.every((one) => one.out.once);
  out.replayed = told.every((one) => one.out.replayed);
  out.reservationId = told.find((one) => one.out.reservationId !== undefined)?.out.reservationId;
  out.returned = told.reduce((sum, one) => sum + one.out.returned, 0);
  for (const { part, out: own } of told)
    for (const [c, i] of part.checks.entries())
      for (let f = 0; f < FIGURES; f++) out.figures[i * FIGURES + f] = own.figures[c * FIGURES + f]!;
  for (const list of LISTS)
    if (told.some((one) => one.out[list].length > 0) && (list !== 'delays' || out.allowed))
      out[list] = each(step, told, list);
  if (out.allowed) out.delayMs = Math.max(...told.map((one) => one.out.delayMs));
  else bind(out, told);
  return out;
}

/** `stale` where any is; what is found on one shard alone is found. */
function statusOf({ op }: Step, told: readonly Told[]): Outcome['status'] {
  if (told.some((one) => one.out.status === 'stale')) return 'stale';
  const found = told.some((one) => one.out.status === 'ok');
  return found || op === 'decide' ? 'ok' : 'unknown';
}

/** What an outcome says, and how it is put together: the lists are one number a check. A word that is new must be thought about before it compiles. */
const WORDS = {
  status: 'here',
  allowed: 'here',
  no: 'here',
  binding: 'here',
  retryAfterMs: 'here',
  nowMs: 'here',
  figures: 'here',
  once: 'here',
  exact: 'here',
  replayed: 'here',
  reservationId: 'here',
  returned: 'here',
  waits: 'list',
  returns: 'list',
  extras: 'list',
  rungs: 'list',
  used: 'list',
  delayMs: 'here',
  delays: 'list',
} as const satisfies Record<keyof Outcome, 'here' | 'list'>;
const LISTS = ['waits', 'returns', 'extras', 'rungs', 'used', 'delays'] as const satisfies readonly ListOf<
  typeof WORDS
>[];
type ListOf<W> = { [K in keyof W]: W[K] extends 'list' ? K : never }[keyof W];
/** What stands for a check of which a part says nothing. */
const NOTHING: Readonly<Record<(typeof LISTS)[number], number>> = {
  waits: 0,
  returns: 0,
  extras: 0,
  rungs: -1,
  used: -1,
  delays: 0,
};

/** One number a check, of the whole's. */
function each({ program }: Step, told: readonly Told[], list: (typeof LISTS)[number]): number[] {
  const numbers = program.checks.map(() => NOTHING[list]);
  for (const { part, out } of told)
    for (const [c, i] of part.checks.entries()) numbers[i] = out[list][c] ?? NOTHING[list];
  return numbers;
}

const STRENGTH: Readonly<Record<No, number>> = { none: 0, until: 1, freed: 2, never: 3 };

/** never > when freed > until; within until, the longest wait. All must open: the longest of them. */
function bind(out: Outcome, told: readonly Told[]): void {
  for (const { part, out: own } of told) {
    if (own.allowed || own.binding < 0) continue;
    const stronger = STRENGTH[own.no] - STRENGTH[out.no];
    const i = part.checks[own.binding]!;
    if (stronger > 0 || (stronger === 0 && (out.waits[i] ?? 0) > (out.waits[out.binding] ?? 0))) {
      out.no = own.no;
      out.binding = i;
    }
    out.retryAfterMs = Math.max(out.retryAfterMs, own.retryAfterMs);
  }
  if (out.no === 'never') out.retryAfterMs = WAIT.never;
}
