import type { AdjustOf } from 'headgate/http';
import { BadBody, objectOf, shown } from './json.ts';

type Attribute = string | number | boolean;

/** Attributes that a subject may be told by. */
const MAX_ATTRIBUTES = 100;
/** Somebody who has authenticated, unless it is said how. */
const SOMEBODY = { auth: 'key', address: '' };

/**
 * Whose counter is meant: attributes of its subject, and the operation where a limit counts each apart.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function whose(subject: unknown, operation: unknown): AdjustOf {
  return { subject: { ...SOMEBODY, ...attributesOf(subject) }, ...operationOf(operation) };
}

function attributesOf(subject: unknown): Readonly<Record<string, Attribute>> {
  const entries = Object.entries(objectOf(subject, '"subject"'));
  if (entries.length === 0 || entries.length > MAX_ATTRIBUTES)
    throw new BadBody(`"subject": expected 1 to ${MAX_ATTRIBUTES} attributes, got ${entries.length}`);
  return Object.fromEntries(entries.map(([name, value]) => [name, attributeOf(name, value)]));
}

function attributeOf(name: string, value: unknown): Attribute {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value as Attribute; // As checked.
  throw new BadBody(`"subject": "${name.slice(0, 64)}": expected text, a number, true or false, got ${shown(value)}`);
}

function operationOf(operation: unknown): Pick<AdjustOf, 'operation'> {
  if (operation === undefined) return {};
  if (typeof operation === 'string') return { operation };
  throw new BadBody(`"operation": expected a name, got ${shown(operation)}`);
}
