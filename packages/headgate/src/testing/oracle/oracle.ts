import { HeadgateError, Outcome, type Clock, type Step, type SyncStore } from '../../core/index.ts';
import { decide } from './decide.ts';
import { Judged } from './judged.ts';
import { segmentAt, type Moment } from './moment.ts';
import { isFigure } from './figure.ts';
import { ModelRecord } from './record.ts';
import { adjust, amend, grant, renew, reset, resolve } from './verbs.ts';
import type { Asked, Remembered } from './asked.ts';

/**
 * A slow, obvious model of the whole step, written from the promises and not from the engine: what any store must
 * answer.
 */
export function oracle({ clock }: { readonly clock: Clock }): SyncStore {
  const records = new Map<string, ModelRecord>();
  const requests = new Map<string, Remembered>();
  return {
    traits: { name: 'oracle', clock: 'process', durable: false },
    apply: (step) => answer(step, clock, records, requests),
  };
}

function answer(
  step: Step,
  clock: Clock,
  records: Map<string, ModelRecord>,
  requests: Map<string, Remembered>,
): Outcome {
  const { program, keys } = step;
  for (const [i, key] of keys.entries()) if (typeof key !== 'string') throw new HeadgateError('ERR_KEY', `keys[${i}]`);
  const nowMs = clock.monotonicMs();
  const moment: Moment = { nowMs, wallMs: program.calendar ? clock.wallMs() : nowMs };
  for (const ms of Object.values(moment))
    if (!Number.isSafeInteger(ms)) throw new HeadgateError('ERR_CLOCK', String(ms));
  const out = new Outcome(nowMs, program.checks.length);
  if (isStale(step, moment)) {
    out.status = 'stale';
    out.allowed = false;
    return out;
  }
  const asked: Asked = { step, moment, out, requests, judged: [], records: recordsOf(step, records) };
  for (const record of asked.records) record.expire(moment);
  for (const [id, { untilMs }] of requests) if (untilMs <= nowMs) requests.delete(id);
  carryOut(asked);
  return out;
}

function carryOut(asked: Asked): void {
  const { step } = asked;
  switch (step.op) {
    case 'decide':
      return decide(judge(asked, step.costs), true);
    case 'peek':
      return decide(judge(asked, step.costs), false);
    case 'settle':
    case 'cancel':
    case 'refund':
      resolve(asked);
      break;
    case 'renew':
      renew(asked);
      break;
    case 'amend':
      amend(asked);
      break;
    case 'adjust':
      adjust(asked);
      break;
    case 'grant':
      grant(asked);
      break;
    case 'reset':
      reset(asked);
      break;
    default:
      step.op satisfies never;
  }
  // After a verb, what is held now is told, as a peek at no cost finds it.
  const lookAgain = { ...step, op: 'peek', requestId: undefined } as const;
  decide(
    judge(
      { ...asked, step: lookAgain },
      step.program.checks.map(() => 0),
    ),
    false,
  );
}

function judge(asked: Asked, costs: readonly number[]): Asked {
  const stateless = new ModelRecord();
  const { step, moment, records } = asked;
  const judged = step.program.checks.map((check, i) => {
    const record = records[check.record] ?? stateless;
    const one = new Judged(check, costs[i]!, step.keys[check.record] ?? '', record, record.readBy(check, moment));
    const { burst } = segmentAt(check, moment);
    one.figure = isFigure(burst) ? burst : record.figureOf(check).amount;
    return one;
  });
  return { ...asked, judged };
}

function recordsOf({ program, keys }: Step, records: Map<string, ModelRecord>): ModelRecord[] {
  return program.records.map(({ id }, i) => {
    const name = JSON.stringify([id, keys[i]]);
    let record = records.get(name);
    if (record === undefined) records.set(name, (record = new ModelRecord()));
    return record;
  });
}

function isStale({ program }: Step, { wallMs }: Moment): boolean {
  if (!program.calendar) return false;
  return wallMs >= program.validUntilMs || program.checks.some(({ segments }) => wallMs < segments[0]!.fromAtMs);
}
