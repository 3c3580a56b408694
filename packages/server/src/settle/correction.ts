import type { AdjustOf } from 'headgate/http';
import { BadBody, objectOf, parse, requireNone, shown } from './json.ts';
import { whose } from './whose.ts';

/** An operator's correction: of whose counter, and by how much, in what people read. */
export interface Correction {
  readonly of: AdjustOf;
  readonly by: number;
}

const EXAMPLE = '{"subject":{"key":"k_1"},"by":-500}';

/**
 * Reads `{ "subject": { "key": "k_1", "plan": "PRO" }, "by": -500 }`, and the `operation`, for limits that count each apart.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readCorrection(text: string): Correction {
  const { subject, by, operation, ...others } = objectOf(parse(text, EXAMPLE), 'the body');
  requireNone(others, '"subject", "by" and "operation"');
  if (typeof by !== 'number' || !Number.isFinite(by) || by === 0)
    throw new BadBody(`"by": expected a number that is not 0, got ${shown(by)}`);
  return { of: whose(subject, operation), by };
}
