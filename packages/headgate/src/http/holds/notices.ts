import { FIGURES, WAIT, type Check } from '../../core/index.ts';
import { TwoGenerations, type Channel, type PlannedLimit, type Subject, type SurveyAsk } from '../../profile/index.ts';
import type { Standing } from '../decide.ts';

/** A quota that is used so far. Told once a period, counter and fill; again where this process forgot, or was started anew. */
export interface Notice {
  readonly limit: string;
  /** 80: four fifths of the amount, or more. */
  readonly percent: number;
  /** In what people read: dollars, not millionths. */
  readonly used: number;
  readonly amount: number;
  readonly unit: string;
  /** First instant of the period, in ms since the epoch. */
  readonly periodAtMs: number;
  /** Salted hash of the subject. */
  readonly subject: string;
  readonly channel: Channel;
}

export type OnNotice = (notice: Notice) => void;

/** Counters of which it is remembered what was told, half of them from the last generation. */
const MAX_COUNTERS = 50_000;

interface Told {
  readonly periodAtMs: number;
  readonly permille: number;
}

/** Tells channels of fills that a decision reaches, or that one has shown since. */
export function createNotices(
  onNotice: OnNotice,
  subjectOf: (subject: Subject) => string,
): (ask: SurveyAsk, decided: Standing) => void {
  const told = new TwoGenerations<string, Told>(MAX_COUNTERS);

  function look(ask: SurveyAsk, decided: Standing, i: number, limit: PlannedLimit): void {
    const check = decided.plan.program.checks[i];
    if (check === undefined || decided.outcome === undefined) return;
    const scale = 10 ** limit.precision;
    const units = limit.shown * scale + (decided.outcome.extras[i] ?? 0);
    const used = usedOf(decided, i, units);
    const permille = Math.floor((1000 * used) / Math.max(1, units));
    const counter = `${check.limitId} ${check.slot} ${decided.plan.keys[check.record] ?? ''}`;
    const periodAtMs = periodOf(check, ask.nowMs);
    const before = told.get(counter);
    const reached = before?.periodAtMs === periodAtMs ? before.permille : 0;
    if (permille <= reached) return;
    told.set(counter, { periodAtMs, permille });
    for (const notice of noticesOf(limit)) {
      if (notice.permille <= reached || notice.permille > permille) continue;
      const { name, unit } = limit;
      const rest = { used: used / scale, amount: units / scale, unit, periodAtMs, subject: subjectOf(ask.subject) };
      for (const channel of notice.channels) onNotice({ limit: name, percent: notice.permille / 10, ...rest, channel });
    }
  }

  return (ask, decided) => {
    for (const [i, limit] of decided.plan.limits.entries())
      if (limit.ladder !== undefined) look(ask, decided, i, limit);
  };
}

interface Fill {
  readonly permille: number;
  readonly channels: readonly Channel[];
}

/** Fills at which somebody is told, lowest first. */
function noticesOf({ ladder = [] }: PlannedLimit): readonly Fill[] {
  const fills = ladder.flatMap(({ at, action }) =>
    action.is === 'notify' && at.is === 'literal' ? [{ permille: Number(at.value), channels: action.channels }] : [],
  );
  return fills.toSorted((a, b) => a.permille - b.permille);
}

/** Units used with this request: also those of one that this limit refuses. */
function usedOf({ plan, outcome }: Standing, i: number, amount: number): number {
  const wait = outcome?.waits[i] ?? WAIT.admits;
  const refused = outcome?.allowed === false && wait !== WAIT.admits ? (plan.costs[i] ?? 0) : 0;
  return amount - (outcome?.figures[i * FIGURES] ?? 0) + refused;
}

function periodOf({ segments }: Check, wallMs: number): number {
  return segments.find(({ fromAtMs, untilAtMs }) => fromAtMs <= wallMs && wallMs < untilAtMs)?.periodAtMs ?? 0;
}
