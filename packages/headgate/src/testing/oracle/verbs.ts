import { HeadgateError } from '../../core/index.ts';
import { requestName, type Asked } from './asked.ts';
import type { Held } from './record.ts';

/** Settle, cancel, refund: each resolves what it names once. */
export function resolve(asked: Asked): void {
  if (asked.step.op === 'settle') requireUnits(asked, 0);
  if (asked.step.op === 'refund') refund(asked);
  else resolveReservation(asked);
}

function resolveReservation({ step, moment, out, records }: Asked): void {
  const id = step.reservationId ?? '';
  out.status = records.some(({ holds }) => holds.has(id)) ? 'ok' : 'unknown';
  for (const record of records) {
    const held = record.holds.get(id) ?? [];
    record.holds.delete(id);
    for (const one of held) {
      const delta = (step.op === 'settle' ? used(one, step) : 0) - one.units;
      out.returned -= delta;
      record.change(id, one, delta, moment);
    }
  }
}

/** What was really used, says the settlement; a permit only comes back. */
function used({ check, units }: Held, { program, costs }: Asked['step']): number {
  const i = program.checks.findIndex(({ limitId, slot }) => limitId === check.limitId && slot === check.slot);
  if (i < 0) return units;
  return check.kind === 'concurrency' ? 0 : costs[i]!;
}

function refund({ step, moment, out, requests }: Asked): void {
  const known = requests.get(requestName(step));
  out.status = known === undefined ? 'unknown' : 'ok';
  requests.delete(requestName(step));
  for (const { record, held } of known?.charges ?? []) {
    out.returned += held.units;
    record.change('', held, -held.units, moment);
  }
}

export function renew({ step, moment, out, records }: Asked): void {
  const id = step.reservationId ?? '';
  const holding = records.filter(({ holds }) => holds.has(id));
  out.status = holding.length > 0 ? 'ok' : 'unknown';
  for (const record of holding) record.renew(id, moment);
}

/** An operator's correction of levels and quotas, never below 0. */
export function adjust(asked: Asked): void {
  const { step, moment, records } = asked;
  requireUnits(asked, -Number.MAX_SAFE_INTEGER);
  step.program.checks.forEach(({ kind }, i) => {
    if (step.costs[i] !== 0 && kind !== 'level' && kind !== 'quota') throw new HeadgateError('ERR_VERB', kind);
  });
  step.program.checks.forEach((check, i) => {
    if (step.costs[i] === 0) return;
    const model = records[check.record]!.modelOf(check);
    model.believe?.(check, moment);
    model.charge(check, moment, step.costs[i]!, '');
  });
}

export function reset({ records, requests }: Asked): void {
  for (const record of records) record.reset();
  for (const [id, known] of requests) {
    requests.set(id, { ...known, charges: known.charges.filter(({ record }) => !records.includes(record)) });
  }
}

function requireUnits({ step: { costs, program } }: Asked, least: number): void {
  program.checks.forEach((_, i) => {
    const cost = costs[i];
    if (!Number.isSafeInteger(cost) || cost! < least) throw new HeadgateError('ERR_COST', String(cost));
  });
}
