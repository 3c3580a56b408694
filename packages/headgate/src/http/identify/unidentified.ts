import {
  checkOf,
  FOREVER,
  HeadgateError,
  idOf,
  nextProgramId,
  segmentOf,
  type Outcome,
  type Program,
  type Step,
  type SyncStore,
} from '../../core/index.ts';
import type { PlannedLimit, Value } from '../../profile/index.ts';

/** What an address may ask before it has said who it is. A success costs nothing; every failure costs one. */
export interface Unidentified {
  /** The refusal an exhausted address meets before anybody is looked for; undefined when it may ask. */
  refusal(address: string): Outcome | undefined;
  /** Charges one request that reached no subject, and says how the address stands after it. */
  charge(address: string): Outcome;
  /** The limit, as answers speak of it. */
  readonly limits: readonly PlannedLimit[];
}

const COST: readonly number[] = [1];

/** Compiles `unidentified` to a limit like any other, on the caller's address, in the same store. */
export function createUnidentified(value: Value, store: SyncStore): Unidentified | undefined {
  if (value.is === 'unlimited') return undefined;
  const rate = value.is === 'amount' ? value.amount : undefined;
  if (rate === undefined || typeof rate.units !== 'number' || rate.windowMs === undefined) {
    throw new HeadgateError('ERR_LIMIT', 'unidentified: expected a rate such as "600/minute" or "unlimited"');
  }
  const limits = [plannedLimit(rate.units, rate.windowMs)];
  const program = programOf(rate.units, rate.windowMs);
  const ask = (op: Step['op'], address: string): Outcome => store.apply({ op, program, keys: [address], costs: COST });
  return {
    limits,
    charge: (address) => ask('decide', address),
    refusal(address) {
      const outcome = ask('peek', address);
      return outcome.allowed ? undefined : outcome;
    },
  };
}

function programOf(amount: number, windowMs: number): Program {
  const limitId = idOf(`unidentified sliding ${windowMs} address`);
  const check = checkOf({
    limitId,
    kind: 'sliding',
    windowMs,
    segments: [segmentOf({ kind: 'sliding', amount, windowMs })],
  });
  const field = { limitId, kind: check.kind, windowMs, slices: check.slices, slots: [0] };
  return {
    id: nextProgramId(),
    records: [{ id: idOf('unidentified address'), fields: [field] }],
    checks: [check],
    validUntilMs: FOREVER,
    calendar: false,
  };
}

function plannedLimit(amount: number, windowMs: number): PlannedLimit {
  return {
    name: 'unidentified',
    label: 'Unidentified requests',
    unit: 'requests',
    kind: 'rate',
    order: 0,
    shown: amount,
    amount,
    windowMs,
    period: undefined,
    answer: 'unidentified',
    overridden: false,
    fail: 'local',
  };
}
