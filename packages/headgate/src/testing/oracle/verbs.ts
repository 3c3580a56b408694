import { HeadgateError } from '../../core/index.ts';
import { chargeId, requestName, type Asked } from './asked.ts';

/** Settle, cancel, refund: each resolves, of the limits that it names, what is held, once. */
export function resolve(asked: Asked): void {
  const { step, moment, out, requests, records } = asked;
  if (step.op === 'settle') requireUnits(asked, 0);
  const known = step.op === 'refund' && requests.delete(requestName(step));
  const id = chargeId(step, step.op !== 'refund');
  const given = step.program.checks.map((check, i) => records[check.record]?.resolve(id, check, used(step, i), moment));
  out.status = known || given.some((units) => units !== undefined) ? 'ok' : 'unknown';
  out.returned = given.reduce<number>((sum, units) => sum + (units ?? 0), 0);
}

/** What was really used, says a settlement; a permit only comes back. */
function used({ op, program, costs }: Asked['step'], i: number): number {
  return op === 'settle' && program.checks[i]!.kind !== 'concurrency' ? costs[i]! : 0;
}

export function renew({ step, moment, out, records }: Asked): void {
  const renewed = step.program.checks.map((check) => records[check.record]?.renew(chargeId(step, true), check, moment) ?? false);
  out.status = renewed.includes(true) ? 'ok' : 'unknown';
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

export function reset({ records }: Asked): void {
  for (const record of records) record.reset();
}

function requireUnits({ step: { costs, program } }: Asked, least: number): void {
  program.checks.forEach((_, i) => {
    const cost = costs[i];
    if (!Number.isSafeInteger(cost) || cost! < least) throw new HeadgateError('ERR_COST', String(cost));
  });
}
