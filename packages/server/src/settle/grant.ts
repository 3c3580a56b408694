import type { AdjustOf, GrantOf } from 'headgate/http';
import { BadBody, objectOf, parse, requireNone, shown } from './json.ts';
import { whose } from './whose.ts';

/** A grant as it is sent. */
export interface Granted {
  readonly of: AdjustOf;
  readonly limit: string;
  readonly grant: GrantOf;
}

const EXAMPLE = '{"id":"order-4711","limit":"calls","subject":{"key":"k_1"},"units":50}';
/** RFC 3339, with a zone: an end without one would be another instant elsewhere. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads `{ "id", "limit", "subject", "units", "until"?, "operation"? }`.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readGrant(text: string): Granted {
  const { id, limit, subject, operation, units, until, ...others } = objectOf(parse(text, EXAMPLE), 'the body');
  requireNone(others, 'id, limit, subject, operation, units and until');
  return {
    of: whose(subject, operation),
    limit: textOf('limit', limit),
    grant: {
      id: textOf('id', id),
      units: unitsOf(units),
      endsAtMs: until === undefined ? undefined : instantOf(until),
    },
  };
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
