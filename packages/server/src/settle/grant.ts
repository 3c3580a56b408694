import type { AdjustOf, GrantOf } from 'headgate/http';
import { BadBody, objectOf, parse, refuseOthers, shown } from './json.ts';

/** A grant as it is sent. */
export interface Granted {
  readonly of: AdjustOf;
  readonly limit: string;
  readonly grant: GrantOf;
}

/** Attributes that a subject may be told by. */
const MAX_ATTRIBUTES = 100;
const EXAMPLE = '{"id":"order-4711","limit":"calls","subject":{"key":"k_1"},"units":50}';
/** RFC 3339, with a zone: an end without one would be another instant elsewhere. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads `{ "id", "limit", "subject", "units", "until"?, "operation"? }`.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readGrant(text: string): Granted {
  const { id, limit, subject, operation, units, until, ...others } = objectOf(parse(text, EXAMPLE), 'the body');
  refuseOthers(others, 'id, limit, subject, operation, units and until');
  return {
    of: {
      subject: subjectOf(objectOf(subject, '"subject"')),
      ...(operation !== undefined && { operation: textOf('operation', operation) }),
    },
    limit: textOf('limit', limit),
    grant: {
      id: textOf('id', id),
      units: unitsOf(units),
      endsAtMs: until === undefined ? undefined : instantOf(until),
    },
  };
}

/** Who it is, as a policy's `identify` would say it: the first attribute is the source, unless `auth` says another. */
function subjectOf(given: Readonly<Record<string, unknown>>): AdjustOf['subject'] {
  const entries = Object.entries(given);
  const [first] = entries;
  if (first === undefined || entries.length > MAX_ATTRIBUTES)
    throw new BadBody(`"subject": expected 1 to ${MAX_ATTRIBUTES} attributes, got ${entries.length}`);
  const attributes = Object.fromEntries(entries.map(([name, value]) => [name, literalOf(name, value)]));
  return { auth: first[0], address: '', ...attributes };
}

function literalOf(name: string, value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new BadBody(`"subject": "${name}": expected text, a number, true or false, got ${shown(value)}`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new BadBody(`"${name}": expected text, got ${shown(value)}`);
}

function unitsOf(value: unknown): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw new BadBody(`"units": expected a number above 0, got ${shown(value)}`);
}

function instantOf(value: unknown): number {
  const ms = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : NaN;
  // A day that a month does not have is read as one of the next.
  if (Number.isFinite(ms) && isDay(String(value))) return ms;
  throw new BadBody(`"until": expected an instant such as 2026-12-31T23:59:59Z, got ${shown(value)}`);
}

function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
