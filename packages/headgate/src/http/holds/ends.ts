import type { CompiledPolicy, HoldEnd } from '../../profile/index.ts';

/** A limit, and an end of what it holds. */
export interface EndOf {
  readonly limit: string;
  readonly end: HoldEnd;
}

/** Apart from the names of operations, which have no dot. */
export function endedBy(event: string): string {
  return `app.${event}`;
}

/** What the responses of each operation may end. */
export function endsByOperation({ limits }: CompiledPolicy): ReadonlyMap<string, readonly EndOf[]> {
  const found = new Map<string, EndOf[]>();
  for (const { name: limit, hold } of limits)
    for (const end of hold?.ends ?? [])
      for (const operation of [...end.operations, ...(end.events ?? []).map(endedBy)])
        found.set(operation, [...(found.get(operation) ?? []), { limit, end }]);
  return found;
}
