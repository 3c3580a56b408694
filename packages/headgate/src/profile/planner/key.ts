import { evaluateName } from '../expression/index.ts';
import type { Asking } from './asking.ts';
import type { KeyPart } from './partition.ts';

/** The key of a record that has no open part: there is one for all. */
const GLOBAL = '*';
/** What a part is counted under when it is missing: one counter for all who lack it. No value is encoded so. */
const ABSENT = 'absent';

/** The key of a record: the values of its open parts, told apart by type and by length, so that no two partitions meet. */
/** @param each the value that stands for the part which names several */
export function keyOf(parts: readonly KeyPart[], asking: Asking, each?: unknown): string {
  let key = '';
  let last = GLOBAL;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as KeyPart; // there are so many
    if (i > 0) key += `${last.length}:${last}`;
    last = encode(valueOf(part, asking, each));
  }
  return key + last;
}

function valueOf(part: KeyPart, asking: Asking, each: unknown): unknown {
  switch (part.is) {
    case 'attribute':
      return asking.attribute(part.path);
    case 'operation':
      return asking.ask.operation.name;
    case 'expr':
      return part.each === true ? each : evaluateName(part.expr, asking.scope);
    case 'place':
      return asking.places[part.place];
    case 'figure':
      return part.inForce;
    case 'group':
    case 'global':
      return undefined; // closed, or constant: never part of a key
    default:
      return part satisfies never;
  }
}

/** A value as text, by its type: 1 is not "1". */
export function encode(value: unknown): string {
  if (typeof value === 'string') return `s${value}`;
  if (typeof value === 'number') return `n${value}`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return Array.isArray(value) ? `l${value.map(delimited).join('')}` : ABSENT;
}

/** An encoded value that ends where it says. */
export function delimited(value: unknown): string {
  const text = encode(value);
  return `${text.length}:${text}`;
}

/**
 * Whether a key has a part that nothing was told of, or an empty text: the counter of all who lack it, and nobody's own. No encoded value begins
 * with a digit.
 */
export function isOfNobody(key: string): boolean {
  let rest = key;
  for (let length = LENGTH.exec(rest); length !== null; length = LENGTH.exec(rest)) {
    const from = length[0].length;
    if (isNothing(rest.slice(from, from + Number(length[1])))) return true;
    rest = rest.slice(from + Number(length[1]));
  }
  return isNothing(rest);
}

const LENGTH = /^(\d+):/;

function isNothing(part: string): boolean {
  return part === ABSENT || part === encode('');
}
