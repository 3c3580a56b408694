import type { CompiledPolicy, Part, PartsValue } from '../compiled.ts';
import { readsOf } from '../expression/index.ts';

export type Parts = Extract<PartsValue, { is: 'parts' }>;

/** One way in which a limit's traffic is divided. */
export interface Partition {
  readonly name: string;
  /** Which kind of record: an index into {@link Layout.records}. */
  readonly record: number;
  readonly closed: readonly ('operation' | 'group')[];
  /** Whether only the address matters, or nothing: such counters exist for callers nobody identified too. */
  readonly anonymous: boolean;
}

/** The values closed parts can take, by operation; the last stands for none. */
export interface Closed {
  readonly open: boolean;
  readonly sizes: { readonly operation: number; readonly group: number };
  /** Per operation, and last for none: which group. */
  readonly groupOf: readonly number[];
}

export function closedPartsOf({ operations }: CompiledPolicy): Closed {
  const groups = [...new Set(operations.map((operation) => operation.group))].filter((group) => group !== undefined);
  const group = operations.map((operation) =>
    operation.group === undefined ? groups.length : groups.indexOf(operation.group),
  );
  return {
    open: operations.length === 0,
    sizes: { operation: operations.length + 1, group: groups.length + 1 },
    groupOf: [...group, groups.length],
  };
}

export function slotOf({ closed }: Partition, operation: number, { sizes, groupOf }: Closed): number {
  const index = operation >= 0 && operation < groupOf.length ? operation : groupOf.length - 1;
  let slot = 0;
  for (const part of closed) slot = slot * sizes[part] + (part === 'operation' ? index : (groupOf[index] ?? 0));
  return slot;
}

/** The kinds of record there are, by the names of their open parts: filled as partitions are met. */
export type Records = Map<string, readonly Part[]>;

/** Where counters of these parts stand. Which order they are written in makes no difference. */
export function partitionOf(parts: readonly Part[], closed: Closed, records: Records): Partition {
  const open = parts.filter(
    (part) => part.is === 'attribute' || part.is === 'expr' || (part.is === 'operation' && closed.open),
  );
  const sorted = [...new Map(open.map((part) => [nameOf(part), part])).entries()].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const recordName = `record ${sorted.map(([name]) => name).join(' ')}`;
  if (!records.has(recordName))
    records.set(
      recordName,
      sorted.map(([, part]) => part),
    );
  const slots = (['operation', 'group'] as const).filter((name) =>
    parts.some((part) => part.is === name && !(name === 'operation' && closed.open)),
  );
  return {
    name: [...sorted.map(([name]) => name), ...slots].join(' '),
    record: [...records.keys()].indexOf(recordName),
    closed: slots,
    anonymous: open.every(isOfAddress),
  };
}

function nameOf(part: Part): string {
  switch (part.is) {
    case 'attribute':
      return part.path;
    case 'expr':
      return `=${JSON.stringify(part.expr)}`;
    case 'operation':
    case 'group':
    case 'global':
      return `(${part.is})`;
    default:
      return part satisfies never;
  }
}

function isOfAddress(part: Part): boolean {
  if (part.is === 'expr')
    return readsOf(part.expr).every((read) => read === 'subject.address' || read.startsWith('operation.'));
  return part.is === 'operation' || (part.is === 'attribute' && part.path === 'address');
}
