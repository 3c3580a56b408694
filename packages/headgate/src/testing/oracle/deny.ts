import { noOf, WAIT, type Check, type No } from '../../core/index.ts';
import type { Asked } from './asked.ts';
import { BlockModel } from './counts.ts';
import type { Judged } from './judged.ts';
import { allOpenAt, waitOf, waitUntilOpen } from './search.ts';

const STRENGTH: readonly No[] = ['none', 'until', 'freed', 'never'];

/** Attempts are charged, and what a denial sets off is; then the waits are told. */
export function deny(asked: Asked, refusing: Set<Judged>, charging: boolean): void {
  const { judged, moment, out } = asked;
  out.allowed = false;
  if (charging) {
    for (const { check, model, cost, key } of judged)
      if (check.count === 'attempts' && cost > 0) model.charge(check, moment, cost, key);
    const blocks = judged.filter((one) => one.check.kind === 'block' && !one.check.shadow && refusing.has(one));
    if (blocks.length === 0) setOff(asked, refusing);
    for (const { check, model, cost, record } of judged)
      if (check.count !== 'admitted' && cost > 0) record.countBy(check, model, moment);
    for (const { model, check } of blocks) if (check.extend && model instanceof BlockModel) model.extend(moment);
  }
  out.waits = judged.map((one) => (refusing.has(one) ? waitOf(one, moment) : WAIT.admits));
  combine(judged, { moment, out });
}

/** No block refuses: what counts denials is charged, and blocks begin, each by what the limits said. */
function setOff(asked: Asked, refusing: Set<Judged>): void {
  const { judged, moment, out } = asked;
  const denied = (i: number): boolean => refusing.has(judged[i]!) && !judged[i]!.check.shadow;
  for (const [i, { check, model, cost, key }] of judged.entries()) {
    if (check.count !== 'denials' || cost === 0 || !check.denials.some(denied)) continue;
    const rung = judged[i]!.rungAt(moment, cost);
    if (rung !== undefined) out.rungs = out.rungs.with(i, check.rungs.indexOf(rung));
    model.charge(check, moment, cost, key);
  }
  const begun = judged.filter(
    (one) => one.check.kind === 'block' && !refusing.has(one) && isTriggered(one.check, asked, denied),
  );
  const waits = begun.map(({ check }) => ownWait(judged[check.trigger]!, asked));
  for (const [i, one] of begun.entries()) {
    if (one.check.blockMs.length === 0 && waits[i]! < 0) continue;
    if (one.model instanceof BlockModel) one.model.begin(one.check, moment, waits[i]!);
    refusing.add(one);
  }
}

function isTriggered(
  { trigger, triggerRung }: Check,
  { judged, out }: Asked,
  denied: (check: number) => boolean,
): boolean {
  const by = judged[trigger]?.check;
  if (by === undefined || by.shadow) return false;
  return triggerRung < 0 ? denied(trigger) : out.rungs[trigger] === triggerRung;
}

/** For how long the limit that sets a block refuses by itself. */
function ownWait(by: Judged, { moment }: Asked): number {
  if (by.check.count === 'denials') return waitUntilOpen(by.asOfDenial(), moment);
  const wait = waitOf(by, moment);
  return wait === WAIT.freed ? hintOf(by, moment) : wait;
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
  return check.hintMs > 0 ? check.hintMs : (record.earliestEndMs(check, moment) ?? 1000);
}
