import type { CompiledPolicy, HoldEnd } from '../../profile/index.ts';

/** A limit, and an end of what it holds. */
export interface EndOf {
  readonly limit: string;
  readonly end: HoldEnd;
}

/** What the responses of each operation may end. */
export function endsByOperation({ limits }: CompiledPolicy): ReadonlyMap<string, readonly EndOf[]> {
  const found = new Map<string, EndOf[]>();
  for (const { name: limit, hold } of limits)
    for (const end of hold?.ends ?? [])
      for (const operation of end.operations) found.set(operation, [...(found.get(operation) ?? []), { limit, end }]);
  return found;
}
