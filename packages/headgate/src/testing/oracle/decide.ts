import { FIGURES, HeadgateError, noOf, REMEMBER_MS, WAIT, type No } from '../../core/index.ts';
import { chargeId, requestName, whatWasAsked, type Asked } from './asked.ts';
import { BlockModel } from './counts.ts';
import { GrantedModel } from './grants.ts';
import type { Judged } from './judged.ts';
import { pastOf, type Held } from './record.ts';
import { allOpenAt, waitOf } from './search.ts';

const STRENGTH: readonly No[] = ['none', 'until', 'freed', 'never'];

/** Judges all, then charges all or none. */
export function decide(asked: Asked, charging: boolean): void {
  const { judged, moment, out } = asked;
  if (asked.step.requestId !== undefined) for (const { cost } of judged) requireCost(cost);
  const replayed = isReplay(asked);
  requireFaultless(asked, charging && !replayed);
  for (const { model, check } of judged) model.believe?.(check, moment);
  const refusing = judged.filter((one) => one.refusesAt(moment));
  if (refusing.every(({ check }) => check.shadow) || replayed) admit(asked, new Set(refusing), charging && !replayed);
  else deny(asked, new Set(refusing), charging);
  const extra = judged.map(() => 0);
  judged.forEach((one, i) => {
    out.figures[i * FIGURES] = Math.max(0, one.room(moment));
    if (one.model instanceof GrantedModel) extra[i] = one.model.extra(one.check, moment);
    out.figures[i * FIGURES + 1] = one.model.resetIn(one.check, moment, one.key);
  });
  if (extra.some((units) => units > 0)) out.extras = extra;
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

/** A shadow limit that would have refused charges nothing: it counts what it would have let in. */
function admit(asked: Asked, refusing: ReadonlySet<Judged>, charging: boolean): void {
  const { judged, moment, out, step } = asked;
  if (refusing.size > 0) {
    const told = judged.map(({ check }, i) => (refusing.has(judged[i]!) && check.shadow ? WAIT.shadow : WAIT.admits));
    if (told.includes(WAIT.shadow)) out.waits = told;
  }
  if (!charging) return;
  const charged = judged.filter(
    (one) => (one.cost > 0 || one.holds) && (!refusing.has(one) || one.check.count === 'attempts'),
  );
  const held = charged.map((one) => [one, heldOf(one, asked)] as const);
  for (const { model, check, cost, key } of charged) model.charge(check, moment, cost, key);
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

/** Attempts are charged, and blocks that this denial sets begin; then the waits are told. */
function deny({ judged, moment, out }: Asked, refusing: Set<Judged>, charging: boolean): void {
  out.allowed = false;
  if (charging) {
    for (const { check, model, cost, key } of judged)
      if (check.count === 'attempts' && cost > 0) model.charge(check, moment, cost, key);
    for (const one of judged.filter((each) => isTriggered(each, judged, refusing))) {
      if (one.model instanceof BlockModel) one.model.begin(one.check, moment);
      refusing.add(one);
    }
  }
  out.waits = judged.map((one) => (refusing.has(one) ? waitOf(one, moment) : WAIT.admits));
  combine(judged, { moment, out });
}

function isTriggered(one: Judged, judged: readonly Judged[], refusing: ReadonlySet<Judged>): boolean {
  const trigger = judged[one.check.trigger];
  return (
    one.check.kind === 'block' &&
    !refusing.has(one) &&
    trigger !== undefined &&
    !trigger.check.shadow &&
    refusing.has(trigger)
  );
}

/** never > freed > until; within until the longest wait; ties by order. */
function combine(judged: readonly Judged[], { moment, out }: Pick<Asked, 'moment' | 'out'>): void {
  const kinds = out.waits.map((wait) => noOf(wait));
  const no = STRENGTH.findLast((kind) => kinds.includes(kind))!;
  const longest = Math.max(...out.waits.filter((_, i) => kinds[i] === no));
  out.no = no;
  out.binding = out.waits.findIndex((wait, i) => kinds[i] === no && wait === longest);
  out.retryAfterMs = -1;
  if (no === 'never') return;
  const timed = judged.filter(({ check }) => !check.shadow && check.kind !== 'concurrency' && check.kind !== 'level');
  const openAtMs = allOpenAt(timed, moment);
  // Each alone opens, but never all at the same instant.
  if (openAtMs === undefined) out.no = 'never';
  else out.retryAfterMs = openAtMs - moment.nowMs;
  if (out.no === 'freed') out.retryAfterMs = Math.max(out.retryAfterMs, hintOf(judged[out.binding]!, moment));
}

function hintOf({ check, record }: Judged, moment: Asked['moment']): number {
  return check.hintMs > 0 ? check.hintMs : (record.earliestEndMs(moment) ?? 1000);
}
