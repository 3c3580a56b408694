import type { AppEvent } from 'headgate/http';
import { BadBody, objectOf, parse, requireNone, shown } from './json.ts';
import { whose } from './whose.ts';

const EXAMPLE = '{"subject":{"key":"k_1"},"facts":{"id":"job-7"}}';
/** Characters of an event's own id. */
const MAX_ID = 128;

/**
 * Reads `{ "subject", "facts"?, "id"? }`. Without a subject it is nobody's: enough for what only ends something.
 * @throws BadBody naming what is wrong, the rule, and the value
 */
export function readEvent(text: string): AppEvent {
  const { subject, facts = {}, id, ...others } = objectOf(parse(text, EXAMPLE), 'the body');
  requireNone(others, 'subject, facts and id');
  return {
    ...(subject !== undefined && whose(subject, undefined)),
    facts: objectOf(facts, '"facts"'),
    ...(id !== undefined && { id: idOf(id) }),
  };
}

function idOf(id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID) return id;
  throw new BadBody(`"id": expected text of 1 to ${MAX_ID} characters, got ${shown(id)}`);
}
