import type { Outcome, Step } from '../../core/index.ts';
import type { Judged } from './judged.ts';
import type { Moment } from './moment.ts';
import type { ModelRecord } from './record.ts';

/** A request that was let in under an id. */
export interface Remembered {
  readonly untilMs: number;
  /** What it asked for: the same id must mean the same. */
  readonly asked: string;
  readonly reservationId: string | undefined;
}

/** One step, and all that its answer depends on. */
export interface Asked {
  readonly step: Step;
  readonly moment: Moment;
  readonly out: Outcome;
  readonly judged: readonly Judged[];
  readonly records: readonly ModelRecord[];
  readonly requests: Map<string, Remembered>;
}

/** Where a request id is remembered: it belongs to the first record's key. */
export function requestName({ program, keys, requestId }: Step): string {
  return JSON.stringify([program.records[0]?.id, keys[0], requestId]);
}

/** Under which id what a check charges is held. */
export function chargeId(step: Step, reserved: boolean): string {
  return reserved ? `reservation ${step.reservationId ?? ''}` : `request ${requestName(step)}`;
}

export function whatWasAsked({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs, keys]);
}
