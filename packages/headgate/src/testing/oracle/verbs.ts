import { HeadgateError, type Check } from '../../core/index.ts';
import { chargeId, requestName, type Asked } from './asked.ts';
import { GrantedModel } from './grants.ts';
import type { Model } from './model.ts';
import type { Moment } from './moment.ts';
import type { Held, ModelRecord } from './record.ts';

/** Settle, cancel, refund: each resolves what is held under an id, once. */
export function resolve(asked: Asked): void {
  const { step, moment, out, requests, records } = asked;
  if (step.op === 'settle') requireUnits(asked, 0);
  requireLeavable(asked.step);
  const known = step.op === 'refund' && requests.delete(requestName(step));
  const id = chargeId(step, step.op !== 'refund');
  const given = records.map((record) =>
    record.resolve(
      id,
      (held) => isAsked(held, step),
      (held) => (step.op === 'settle' ? used(held, step) : 0),
      (held) => step.leaves?.[indexOf(held, step)] ?? 0,
      moment,
      step.program.checks,
    ),
  );
  if (!known && given.every((units) => units === undefined)) {
    out.status = 'unknown';
    return;
  }
  const units = given.flatMap((one) => one ?? []);
  const sum = (of: typeof units): number => of.reduce((all, [, some]) => all + some, 0);
  out.returned = sum(units);
  out.returns = step.program.checks.map((_, check) => sum(units.filter(([i]) => i === check)));
}

/** Whether a step speaks of this part of a reservation. */
function isAsked(held: Held, step: Asked['step']): boolean {
  return step.resolves === undefined || step.resolves[indexOf(held, step)] === true;
}

function indexOf({ check }: Held, { program }: Asked['step']): number {
  return program.checks.findIndex(({ limitId, slot }) => limitId === check.limitId && slot === check.slot);
}

/** Only what has no time in it can be held in part. */
function requireLeavable({ op, program, leaves }: Asked['step']): void {
  if (leaves === undefined) return;
  requireUnits({ step: { costs: leaves, program } }, 0);
  program.checks.forEach(({ kind }, i) => {
    if (leaves[i] !== 0 && (op !== 'settle' || (kind !== 'level' && kind !== 'concurrency')))
      throw new HeadgateError('ERR_VERB', kind);
  });
}

/** What was really used, says a settlement of the limits that it names; a permit only comes back. */
function used(held: Held, step: Asked['step']): number {
  return held.check.kind === 'concurrency' ? 0 : (step.costs[indexOf(held, step)] ?? held.units);
}

export function renew({ step, moment, out, records }: Asked): void {
  const renewed = records.map((record) => record.renew(chargeId(step, true), moment));
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
    const model = counted(records[check.record]!, check, moment);
    model.believe?.(check, moment);
    model.charge(check, moment, step.costs[i]!, '');
  });
}

/** Gives back of what a decision charged, of which only the instant is known, or charges more, now. What is held is left alone. */
export function amend(asked: Asked): void {
  const { step, moment, out, records } = asked;
  requireUnits(asked, -Number.MAX_SAFE_INTEGER);
  const { chargedAtMs: atMs } = step;
  if (atMs === undefined || !Number.isSafeInteger(atMs)) throw new HeadgateError('ERR_VERB', String(atMs));
  step.program.checks.forEach((check, i) => {
    const record = records[check.record];
    const delta = step.costs[i]!;
    if (record === undefined || delta === 0) return;
    const model = counted(record, check, moment);
    if (check.holdMs > 0 || check.kind === 'block' || check.count === 'denials') return;
    if (delta < 0 && atMs < record.figureOf(check).sinceMs) return;
    model.believe?.(check, moment);
    const units = delta > 0 ? charged(model, step, check, moment, delta) : returned(model, check, moment, atMs, -delta);
    out.returned += units;
    if (units !== 0) out.returns = step.program.checks.map((_, j) => (j === i ? units : (out.returns[j] ?? 0)));
  });
}

/** A correction is one of units as they are counted now. */
function counted(record: ModelRecord, check: Check, moment: Moment): Model {
  const model = record.readBy(check, moment);
  record.countBy(check, model, moment);
  return model;
}

function charged(model: Model, { keys }: Asked['step'], check: Check, moment: Moment, units: number): number {
  model.charge(check, moment, units, keys[check.record]!);
  return -units;
}

function returned(model: Model, check: Check, moment: Moment, atMs: number, units: number): number {
  const before = model.counted(check, moment);
  if (model.returnBlind === undefined) model.amend(moment, { atMs, periodAtMs: 0, chargedUnits: 0 }, -units);
  else model.returnBlind(check, moment, atMs, units);
  return before - model.counted(check, moment);
}

/** Gives each quota that is asked for what is asked, all or none, and each id once. */
export function grant({ step, moment, out, records }: Asked): void {
  requireUnits({ step }, 0);
  const { id, endsAtMs } = step.grant ?? { id: '' };
  if (typeof id !== 'string' || id === '' || id.length > 512) throw new HeadgateError('ERR_GRANT', id);
  if (endsAtMs !== undefined && !Number.isSafeInteger(endsAtMs)) throw new HeadgateError('ERR_GRANT', String(endsAtMs));
  const given = step.program.checks.flatMap((check, i) => {
    const units = step.costs[i]!;
    if (units === 0) return [];
    const model = check.kind === 'quota' ? records[check.record]!.modelOf(check) : undefined;
    if (!(model instanceof GrantedModel) || !model.takes) throw new HeadgateError('ERR_VERB', check.kind);
    return [{ check, model, units }];
  });
  const news = given.filter(({ check, model, units }) => model.requireNew(check, moment, id, units, endsAtMs));
  for (const { model, units } of news) model.give(moment, id, units, endsAtMs);
  out.replayed = given.length > 0 && news.length === 0;
}

export function reset({ records }: Asked): void {
  for (const record of records) record.reset();
}

function requireUnits(
  { step: { costs, program } }: { readonly step: Pick<Asked['step'], 'costs' | 'program'> },
  least: number,
): void {
  program.checks.forEach((_, i) => {
    const cost = costs[i];
    if (!Number.isSafeInteger(cost) || cost! < least) throw new HeadgateError('ERR_COST', String(cost));
  });
}
