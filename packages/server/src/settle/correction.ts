import type { AdjustOf } from 'headgate/http';
import { BadBody, objectOf, parse, requireNone, shown } from './json.ts';

type Attribute = string | number | boolean;

/** An operator's correction: of whose counter, and by how much, in what people read. */
export interface Correction {
  readonly of: AdjustOf;
  readonly by: number;
}

/** Attributes that a subject may be told by. */
const MAX_ATTRIBUTES = 100;
const EXAMPLE = '{"subject":{"key":"k_1"},"by":-500}';
/** Somebody who has authenticated, unless it is said how. */
const SOMEBODY = { auth: 'key', address: '' };

/**
 * Reads `{ "subject": { "key": "k_1", "plan": "PRO" }, "by": -500 }`, and the `operation`, for limits that count each apart.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readCorrection(text: string): Correction {
  const { subject, by, operation, ...others } = objectOf(parse(text, EXAMPLE), 'the body');
  requireNone(others, '"subject", "by" and "operation"');
  if (typeof by !== 'number' || !Number.isFinite(by) || by === 0)
    throw new BadBody(`"by": expected a number that is not 0, got ${shown(by)}`);
  return { of: { subject: { ...SOMEBODY, ...attributesOf(subject) }, ...operationOf(operation) }, by };
}

function attributesOf(subject: unknown): Readonly<Record<string, Attribute>> {
  const entries = Object.entries(objectOf(subject, '"subject"'));
  if (entries.length === 0 || entries.length > MAX_ATTRIBUTES)
    throw new BadBody(`"subject": expected 1 to ${MAX_ATTRIBUTES} attributes, got ${entries.length}`);
  return Object.fromEntries(entries.map(([name, value]) => [name, attributeOf(name, value)]));
}

function attributeOf(name: string, value: unknown): Attribute {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value as Attribute; // As checked.
  throw new BadBody(`"subject": "${name.slice(0, 64)}": expected a text, a number or a truth, got ${shown(value)}`);
}

function operationOf(operation: unknown): Pick<AdjustOf, 'operation'> {
  if (operation === undefined) return {};
  if (typeof operation === 'string') return { operation };
  throw new BadBody(`"operation": expected a name, got ${shown(operation)}`);
}
