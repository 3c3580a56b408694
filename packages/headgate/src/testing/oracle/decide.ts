import { FIGURES, HeadgateError, REMEMBER_MS, WAIT } from '../../core/index.ts';
import { chargeId, requestName, whatWasAsked, type Asked } from './asked.ts';
import { GrantedModel } from './grants.ts';
import { deny } from './deny.ts';
import type { Judged } from './judged.ts';
import type { Moment } from './moment.ts';
import { pastOf, type Held } from './record.ts';

/** Judges all, then charges all or none. */
export function decide(asked: Asked, charging: boolean): void {
  const { judged, moment, out } = asked;
  if (asked.step.requestId !== undefined) for (const { cost } of judged) requireCost(cost);
  const replayed = isReplay(asked);
  requireFaultless(asked, charging && !replayed);
  for (const { model, check } of judged) model.believe?.(check, moment);
  if (!replayed && !isAsExpected(asked)) {
    out.status = 'stale';
    out.allowed = false;
    return;
  }
  const refusing = judged.filter((one) => one.refusesAt(moment));
  const hasRungs = judged.some(({ check }) => check.rungs.length > 0);
  if (hasRungs) out.rungs = judged.map((one) => one.rungIndexAt(moment));
  if (refusing.every(({ check }) => check.shadow) || replayed) admit(asked, new Set(refusing), charging && !replayed);
  else deny(asked, new Set(refusing), charging);
  const extra = judged.map(() => 0);
  judged.forEach((one, i) => {
    out.figures[i * FIGURES] = one.left(moment);
    if (one.model instanceof GrantedModel) extra[i] = one.model.extra(one.check, moment);
    out.figures[i * FIGURES + 1] = one.model.resetIn(one.check, moment, one.key);
  });
  const used = judged.map((one) => (tellsUsed(one, moment) ? one.used(moment) : -1));
  if (used.some((units) => units >= 0)) out.used = used;
  if (extra.some((units) => units > 0)) out.extras = extra;
}

/** Whether it may let in more than its whole, or what lasts in it is more than that. */
function tellsUsed(one: Judged, moment: Moment): boolean {
  const { kind, rungs } = one.check;
  const lasts = kind === 'quota' || kind === 'concurrency' || kind === 'level';
  return rungs.length > 0 || (lasts && one.room(moment) < 0);
}

/** Whether so much is left as the step was made for. */
function isAsExpected({ step, judged, moment }: Asked): boolean {
  const left = judged.map((one) => Math.max(0, one.room(moment)));
  return (step.expects ?? []).every(({ check, least, most }) => left[check]! >= least && left[check]! <= most);
}

function isReplay({ step, out, requests }: Asked): boolean {
  const known = step.requestId === undefined ? undefined : requests.get(requestName(step));
  if (known === undefined) return false;
  if (known.asked !== whatWasAsked(step)) throw new HeadgateError('ERR_REQUEST_ID_REUSED', String(step.requestId));
  out.replayed = true;
  out.reservationId = known.reservationId;
  return true;
}

function requireFaultless({ step, judged, records }: Asked, charging: boolean): void {
  const { reservationId: id } = step;
  for (const { cost } of judged) requireCost(cost);
  for (const one of judged) {
    if (!charging || !one.holds) continue;
    if (id === undefined || id === '' || records[one.check.record]!.has(chargeId(step, true)))
      throw new HeadgateError('ERR_RESERVATION_ID', String(id));
  }
}

function requireCost(cost: unknown): void {
  if (!Number.isSafeInteger(cost) || Number(cost) < 0) throw new HeadgateError('ERR_COST', String(cost));
}

/** What lets in although it would have refused. */
function isShadowed(one: Judged, refusing: ReadonlySet<Judged>, { moment }: Asked): boolean {
  return (
    (refusing.has(one) && one.check.shadow) || (one.check.count !== 'denials' && one.rungAt(moment)?.does === 'shadow')
  );
}

/** A shadow limit that would have refused charges nothing: it counts what it would have let in. */
function admit(asked: Asked, refusing: ReadonlySet<Judged>, charging: boolean): void {
  const { judged, moment, out, step } = asked;
  const shadowed = new Set(judged.filter((one) => isShadowed(one, refusing, asked)));
  if (shadowed.size > 0) out.waits = judged.map((one) => (shadowed.has(one) ? WAIT.shadow : WAIT.admits));
  if (!charging) return;
  const charged = judged.filter(
    (one) => (one.cost > 0 || one.holds) && one.check.count !== 'denials' && isCounted(one, shadowed, refusing),
  );
  const held = charged.map((one) => [one, heldOf(one, asked)] as const);
  for (const { model, check, cost, key, record } of charged) {
    model.charge(check, moment, cost, key);
    record.countBy(check, model, moment);
  }
  for (const record of asked.records) {
    const own = held.filter(([one]) => one.record === record).map(([, what]) => what);
    const reserved = own.filter((what) => what.reserved);
    if (reserved.length > 0) record.hold(chargeId(step, true), reserved);
    if (step.requestId !== undefined)
      record.hold(
        chargeId(step, false),
        own.filter((what) => !what.reserved),
      );
  }
  remember(asked);
}

function isCounted(one: Judged, shadowed: ReadonlySet<Judged>, refusing: ReadonlySet<Judged>): boolean {
  return (!refusing.has(one) && !shadowed.has(one)) || one.check.count === 'attempts';
}

function heldOf({ check, cost, model }: Judged, { step, moment, judged }: Asked): Held {
  const i = judged.findIndex((one) => one.check === check);
  const reserved = check.holdMs > 0;
  const stated = step.losses?.[i] ?? (check.lost === 'return' ? 0 : cost);
  return {
    check,
    units: cost,
    lost: !reserved ? cost : check.kind === 'concurrency' ? 0 : stated,
    untilMs: moment.nowMs + (reserved ? check.holdMs : REMEMBER_MS),
    reserved,
    past: pastOf(model, check, moment, cost),
  };
}

function remember({ step, moment, requests }: Asked): void {
  if (step.requestId === undefined || step.program.records.length === 0) return;
  const { reservationId } = step;
  requests.set(requestName(step), { untilMs: moment.nowMs + REMEMBER_MS, asked: whatWasAsked(step), reservationId });
}
