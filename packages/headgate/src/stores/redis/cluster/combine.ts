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
  if (told.some((one) => one.out.waits.length > 0)) out.waits = each(step, told, ({ waits }) => waits);
  if (told.some((one) => one.out.returns.length > 0)) out.returns = each(step, told, ({ returns }) => returns);
  if (told.some((one) => one.out.extras.length > 0)) out.extras = each(step, told, ({ extras }) => extras);
  if (!out.allowed) bind(out, told);
  return out;
}

/** `stale` where any is; what is found on one shard alone is found. */
function statusOf({ op }: Step, told: readonly Told[]): Outcome['status'] {
  if (told.some((one) => one.out.status === 'stale')) return 'stale';
  const found = told.some((one) => one.out.status === 'ok');
  return found || op === 'decide' ? 'ok' : 'unknown';
}

/** One number a check, of the whole's. */
function each({ program }: Step, told: readonly Told[], read: (out: Outcome) => readonly number[]): number[] {
  const numbers = program.checks.map(() => 0);
  for (const { part, out } of told) for (const [c, i] of part.checks.entries()) numbers[i] = read(out)[c] ?? 0;
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
