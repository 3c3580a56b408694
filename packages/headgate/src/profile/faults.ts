import { HeadgateError } from '../core/index.ts';

/** Faults of planning, by their stable code. */
export const PLAN_ERRORS = {
  ERR_PLAN_COST: 'a cost cannot be told, and its value names no largest figure to fall back on',
  ERR_PLAN_AMOUNT: 'an amount cannot be told, and its value names no least figure to fall back on',
  ERR_PLAN_PARTITION: 'it cannot be told on whose counter a limit counts',
  ERR_PLAN_BATCH: 'the elements of a batch cannot be told, or one of them is no operation of the policy',
  ERR_PLAN_COLLISION: 'two names of a policy hash to one counter; rename either',
  ERR_PLAN_ZONE: 'a time zone is not known',
} as const;

export type PlanErrorCode = keyof typeof PLAN_ERRORS;

/** A request that cannot be judged: 400 when something in the request is at fault, 500 when the policy or its data is. */
export class PlanFault extends HeadgateError {
  override readonly name: string = 'PlanFault';
  readonly status: 400 | 500;

  /** What was looked up in vain: `request.body.model`. */
  readonly missing: string | undefined;

  constructor(code: PlanErrorCode, status: 400 | 500, detail: string, missing?: string) {
    super(code, detail);
    this.status = status;
    this.missing = missing;
  }
}
