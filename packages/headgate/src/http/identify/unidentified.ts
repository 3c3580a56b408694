import {
  checkOf,
  FOREVER,
  HeadgateError,
  idOf,
  nextProgramId,
  Outcome,
  segmentOf,
  WAIT,
  type Program,
} from '../../core/index.ts';
import type { PlannedLimit, RequestFacts, Value } from '../../profile/index.ts';
import type { GuardedStore } from '../failing/guarded.ts';
import { upon, type Soon } from '../soon.ts';

/** An address, and the request that it sent where the figure depends on that. */
export type Stranger = string | { readonly address: string; readonly request: RequestFacts };

/** What an address may ask before it has said who it is. A success costs nothing; every failure costs one. */
export interface Unidentified {
  /** Whether it depends on the request how much that is. */
  readonly reads: boolean;
  /** The refusal an exhausted address meets before anybody is looked for; undefined when it may ask. */
  refusal(stranger: Stranger): Soon<Outcome | undefined>;
  /** Sets one unit aside while somebody is asked who this is, so that as many are asked at once as may fail; the refusal if none is left. */
  hold(stranger: Stranger): Soon<Outcome | undefined>;
  /** Gives back what was set aside. What fails is charged before. */
  release(address: string): void;
  /** Charges one request that reached no subject, and says how the address stands after it. */
  charge(stranger: Stranger): Soon<Outcome>;
  /** The limit, as answers speak of it that tell this outcome. */
  limitsOf(outcome: Outcome | undefined): readonly PlannedLimit[];
}

/** How an address is judged: by one figure for all, or by one that is worked out. */
export interface ByAddress {
  readonly reads: boolean;
  readonly ask: (op: 'peek' | 'decide', stranger: Stranger) => Soon<Outcome>;
  readonly limitsOf: (outcome: Outcome | undefined) => readonly PlannedLimit[];
}

const COST: readonly number[] = [1];
/** What a caller is told to wait when all it may still ask is being looked up: nobody knows how long that takes. */
const HINT_MS = 1000;

/** Makes `unidentified` a limit like any other, on the caller's address, in the same store. */
export function createUnidentified(by: ByAddress | undefined): Unidentified | undefined {
  if (by === undefined) return undefined;
  const { ask, limitsOf, reads } = by;
  const held = new Map<string, number>();

  /** The map holds only what is under way, which those who ask bound. */
  function release(address: string): void {
    const others = (held.get(address) ?? 1) - 1;
    if (others > 0) held.set(address, others);
    else held.delete(address);
  }

  /** What is set aside is looked at when the answer is there, so that no two take the same unit. */
  function setAside(stranger: Stranger, outcome: Outcome): Outcome | undefined {
    const address = addressOf(stranger);
    const others = held.get(address) ?? 0;
    if (!outcome.allowed) return outcome;
    if (others >= remainingOf(outcome)) return waiting(outcome);
    held.set(address, others + 1);
    return undefined;
  }

  return {
    reads,
    limitsOf,
    hold: (stranger) => upon(ask('peek', stranger), (outcome) => setAside(stranger, outcome)),
    release,
    charge: (stranger) => ask('decide', stranger),
    refusal(stranger) {
      const outcome = ask('peek', stranger);
      return outcome instanceof Promise ? outcome.then(refusalOf) : refusalOf(outcome);
    },
  };
}

export function addressOf(stranger: Stranger): string {
  return typeof stranger === 'string' ? stranger : stranger.address;
}

/** One rate for all, whatever they send; undefined: as much as they like. */
export function byOneFigure(value: Value, store: GuardedStore): ByAddress | undefined {
  if (value.is === 'unlimited') return undefined;
  const rate = value.is === 'amount' ? value.amount : undefined;
  if (rate === undefined || typeof rate.units !== 'number' || rate.windowMs === undefined) {
    throw new HeadgateError('ERR_LIMIT', 'unidentified: expected a rate such as "600/minute" or "unlimited"');
  }
  const limits = [plannedLimit(rate.units, rate.windowMs)];
  const program = programOf(rate.units, rate.windowMs);
  return {
    reads: false,
    limitsOf: () => limits,
    ask: (op, stranger) => store.applyOrStandIn({ op, program, keys: [addressOf(stranger)], costs: COST }),
  };
}

function refusalOf(outcome: Outcome): Outcome | undefined {
  return outcome.allowed ? undefined : outcome;
}

/** Units that are left: a peek charged none. */
function remainingOf({ figures: [remaining = 0] }: Outcome): number {
  return remaining;
}

/** A refusal of the kind "when freed": what is held comes back, or is charged. */
function waiting({ nowMs, figures }: Outcome): Outcome {
  const outcome = new Outcome(nowMs, 1);
  outcome.figures.splice(0, figures.length, 0, ...figures.slice(1));
  return Object.assign(outcome, {
    allowed: false,
    no: 'freed',
    binding: 0,
    retryAfterMs: HINT_MS,
    waits: [WAIT.freed],
  });
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
    published: { is: 'stated' },
    fail: 'local',
    precision: 0,
    hold: undefined,
    ladder: undefined,
    measures: undefined,
    when: undefined,
  };
}
