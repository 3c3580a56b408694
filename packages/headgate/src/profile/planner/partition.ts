import { idOf } from '../../core/index.ts';
import type { CompiledPolicy, Limit, Part, PartsValue } from '../compiled.ts';
import { readsOf } from '../expression/index.ts';

export type Parts = Extract<PartsValue, { is: 'parts' }>;

/** One way in which a limit's traffic is divided. */
export interface Partition {
  readonly name: string;
  /** Names the open parts, and so the kind of record. */
  readonly recordName: string;
  readonly closed: readonly ('operation' | 'group')[];
  /** Whether only the address matters, or nothing: such counters exist for callers nobody identified too. */
  readonly anonymous: boolean;
}

/** The values closed parts take, by operation; the last stands for none. */
export interface Closed {
  readonly open: boolean;
  readonly operation: readonly string[];
  readonly group: readonly string[];
}

export function closedPartsOf({ operations }: CompiledPolicy): Closed {
  return {
    open: operations.length === 0,
    operation: [...operations.map(({ name }) => name), ''],
    group: [...operations.map(({ group }) => group ?? ''), ''],
  };
}

/** The values of the closed parts for one operation, as text: what a slot is named by, wherever operations stand in the policy. */
export function slotTextOf({ closed }: Partition, operation: number, values: Closed): string {
  const index = operation in values.operation ? operation : values.operation.length - 1;
  return closed.map((part) => `${part} ${values[part][index]}`).join(', ');
}

export function slotOf(text: string): number {
  return text === '' ? 0 : idOf(text);
}

/** What a key is made of: what the policy writes, and what sets counters apart that nobody writes as a part. */
export type KeyPart =
  | Part
  /** The figure in force of the limit of this name: another figure is another counter. */
  | { readonly is: 'figure'; readonly limit: string; readonly inForce?: string }
  /** Where it is counted. */
  | { readonly is: 'place'; readonly place: 'node' | 'region' };

/** The kinds of record there are, by the names of their open parts: filled as partitions are met. */
export type Records = Map<string, readonly KeyPart[]>;

/** What sets the counters of a limit apart, beside the parts that it names. */
export function apartOf({ name, scope, onChange }: Limit): readonly KeyPart[] {
  return [
    ...(onChange === 'reset' ? [{ is: 'figure', limit: name } as const] : []),
    ...(scope === undefined ? [] : [{ is: 'place', place: scope } as const]),
  ];
}

/** Where counters of these parts stand. Which order they are written in makes no difference. */
export function partitionOf(parts: readonly KeyPart[], closed: Closed, records: Records): Partition {
  const open = parts.filter((part) => (part.is === 'operation' ? closed.open : !CLOSED.has(part.is)));
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
    recordName,
    closed: slots,
    anonymous: open.every(isOfAddress),
  };
}

/** These are in no key: they take finitely many values, or one. */
const CLOSED: ReadonlySet<KeyPart['is']> = new Set(['group', 'global']);

function nameOf(part: KeyPart): string {
  switch (part.is) {
    case 'attribute':
      return part.path;
    case 'expr':
      return `${part.each === true ? 'each ' : ''}=${JSON.stringify(part.expr)}${part.of === undefined ? '' : ` of ${JSON.stringify(part.of)}`}`;
    case 'operation':
    case 'group':
    case 'global':
      return `(${part.is})`;
    case 'figure':
      return `(figure of ${part.limit})`;
    case 'place':
      return `(${part.place})`;
    default:
      return part satisfies never;
  }
}

function isOfAddress(part: KeyPart): boolean {
  if (part.is === 'figure' || part.is === 'place') return true;
  if (part.is === 'expr')
    return readsOf(part.expr).every((read) => read === 'subject.address' || read.startsWith('operation.'));
  return part.is === 'operation' || (part.is === 'attribute' && part.path === 'address');
}

/** A limit as it applies, as far as its figure tells it apart. */
interface Standing {
  readonly layout: { readonly limit: Pick<Limit, 'name'> };
  readonly figure: { readonly units: number };
  readonly burst: number;
}

/** The parts of a key, with the figures that are in force. */
export function keyPartsOf(parts: readonly KeyPart[], rows: readonly Standing[]): readonly KeyPart[] {
  return parts.map((part) => {
    if (part.is !== 'figure') return part;
    const row = rows.find(({ layout: { limit } }) => limit.name === part.limit);
    return row === undefined ? part : { ...part, inForce: `${row.figure.units} ${row.burst}` };
  });
}
