/** What a placeholder stands for, and so how it may be written. */
type Quantity = 'count' | 'duration' | 'instant' | 'text';

const PLACEHOLDERS: ReadonlyMap<string, Quantity> = new Map([
  ['limit', 'count'],
  ['burst', 'count'],
  ['used', 'count'],
  ['remaining', 'count'],
  ['percent', 'count'],
  ['cost', 'count'],
  ['retryAfter', 'duration'],
  ['resetIn', 'duration'],
  ['window', 'duration'],
  ['delay', 'duration'],
  ['retryAt', 'instant'],
  ['nextAt', 'instant'],
  ['resetAt', 'instant'],
  ['name', 'text'],
  ['label', 'text'],
  ['unit', 'text'],
  ['period', 'text'],
  ['bucket', 'text'],
  ['plan', 'text'],
  ['operation', 'text'],
  ['request.id', 'text'],
]);

export const PLACEHOLDER_NAMES: readonly string[] = [...PLACEHOLDERS.keys()];

/** Formats of every quantity, before its own. */
const COMMON = ['text', 'json'];
const OWN: Readonly<Record<Quantity, readonly string[]>> = {
  count: [],
  duration: ['s', 's.1', 's.2', 's.3', 'ms', 'min', 'duration', 'short', 'SHORT', 'word'],
  instant: ['epoch', 'epochMs', 'iso', 'http'],
  text: ['hash'],
};
/** A date in a pattern of the policy's own. */
const PATTERN = /^(["'])[^"'{}\r\n]{1,64}\1$/;

/** What the formats of a placeholder are; undefined when there is no such placeholder. */
export function formatsOf(name: string): readonly string[] | undefined {
  const quantity = PLACEHOLDERS.get(name);
  return quantity && [...COMMON, ...OWN[quantity]];
}

export function isPattern(name: string, format: string): boolean {
  return PLACEHOLDERS.get(name) === 'instant' && PATTERN.test(format);
}
