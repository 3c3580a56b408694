import type { Context } from './context.ts';

type Replaces = ReadonlyMap<string, readonly string[]>;

/**
 * Tells of limits that replace one another in a circle: none of them would apply. Limits that nothing replaces
 * are taken away until none is left; what is left then is circles and what hangs on them.
 */
export function checkCycles(context: Context, replaces: Replaces): void {
  const circle = circling(replaces);
  const [first] = circle;
  if (first === undefined) return;
  const rule = `limits replace one another in a circle: ${circle.join(', ')}`;
  context.problems.error('ERR_POLICY_CYCLE', ['limits', first, 'replaces'], rule, { value: null });
}

function circling(replaces: Replaces): readonly string[] {
  const left = new Map(
    [...replaces].map(([name, others]) => [
      name,
      new Set(others.filter((other) => other !== name && replaces.has(other))),
    ]),
  );
  const free = [...left].filter(([, others]) => others.size === 0).map(([name]) => name);
  const replacedBy = new Map<string, string[]>();
  for (const [name, others] of left)
    for (const other of others) replacedBy.set(other, [...(replacedBy.get(other) ?? []), name]);
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    left.delete(next);
    for (const name of replacedBy.get(next) ?? []) {
      left.get(name)?.delete(next);
      if (left.get(name)?.size === 0) free.push(name);
    }
  }
  return [...left.keys()];
}
