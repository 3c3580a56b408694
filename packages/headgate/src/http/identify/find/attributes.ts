import type { FoundAttribute, Literal } from '../../../profile/index.ts';
import type { Attributes } from './found.ts';

/** Attributes that a function may give, and letters that each may have: subjects become keys of stores. */
const MAX_ATTRIBUTES = 64;
const MAX_TEXT = 1024;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;
/** What identification itself tells. */
const OWN: ReadonlySet<string> = new Set(['auth', 'address']);

/** Reads a subject's attributes from claims or a body; text that says why when one is missing, or no plain value. */
export function attributesFrom(spec: readonly FoundAttribute[], value: unknown): Attributes | string {
  const attributes: Record<string, Literal> = {};
  for (const { name, at, default: otherwise } of spec) {
    const found = valueAt(value, at) ?? otherwise;
    if (found === undefined) return `"${name}" is missing`;
    if (!isPlain(found)) return `"${name}" is no short text, number or truth value`;
    attributes[name] = found;
  }
  return attributes;
}

/** All that a function returned, as attributes; text that says why when it cannot be. */
export function allAttributes(value: object, source: string): Attributes | string {
  const entries = Object.entries(value);
  if (entries.length > MAX_ATTRIBUTES) return `more than ${MAX_ATTRIBUTES} attributes`;
  for (const [name, found] of entries) {
    if (!NAME.test(name) || OWN.has(name) || name === source) return `"${name}" is no name for an attribute`;
    if (!isPlain(found)) return `"${name}" is no short text, number or truth value`;
  }
  // Each value was looked at.
  return Object.fromEntries(entries) as Attributes;
}

/** Own members only: a claim called `constructor` must have been sent. `null` is as good as missing. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let here = value;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[step]; // an object that has it
  }
  return here ?? undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
