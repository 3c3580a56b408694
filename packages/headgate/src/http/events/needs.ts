import type { CompiledPolicy, Operation } from '../../profile/index.ts';

/** What must be known of a message before it is judged. */
export type MessageNeeds =
  /** That it begins: it need not be kept. */
  | 'nothing'
  /** How long it is, and of which type. */
  | 'length'
  /** What its JSON says. */
  | 'body';

const FIELD = /\["\.",\["root","message"\],"(\w+)"\]/g;

/**
 * What is read of messages that go this way, by whatever is evaluated for one of them. Undefined: no operation is such a message, and
 * nothing may be spent on them.
 */
export function messageNeeds(policy: CompiledPolicy, way: 'in' | 'out'): MessageNeeds | undefined {
  const own = policy.operations.filter(({ event }) => event?.is === 'message' && event.way === way);
  if (own.length === 0) return undefined;
  const { derive, require, overrides, respond, limits } = policy;
  const applying = limits.filter((limit) => own.some(({ name }) => limit.operations?.includes(name) ?? true));
  return needsOf(JSON.stringify([own, derive, require, overrides, respond, applying]));
}

/** Expressions are data, so that what they read can be found in their text. */
function needsOf(text: string): MessageNeeds {
  const fields = new Set([...text.matchAll(FIELD)].map(([, field]) => field));
  if (fields.has('body') || text.replaceAll(FIELD, '').includes('["root","message"]')) return 'body';
  return fields.size > 0 ? 'length' : 'nothing';
}

/** How often ticks come, each of them once; shortest first. */
export function ticksOf(operations: readonly Operation[]): readonly number[] {
  const every = operations.flatMap(({ event }) => (event?.is === 'tick' ? [event.everyMs] : []));
  return [...new Set(every)].toSorted((a, b) => a - b);
}
