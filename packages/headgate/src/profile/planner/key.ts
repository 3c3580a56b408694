import type { Part } from '../compiled.ts';
import { evaluate, FAILED, own } from '../expression/index.ts';
import type { Asking } from './asking.ts';

/** The key of a record that has no open part: there is one for all. */
const GLOBAL = '*';
/** What a part is counted under when it is missing: one counter for all who lack it. No value is encoded so. */
const ABSENT = 'absent';

/** The key of a record: the values of its open parts, told apart by type and by length, so that no two partitions meet. */
export function keyOf(parts: readonly Part[], asking: Asking): string {
  const last = parts.length - 1;
  if (last < 0) return GLOBAL;
  let key = '';
  for (let i = 0; i < last; i++) key += delimited(valueOf(parts[i]!, asking));
  return key + encode(valueOf(parts[last]!, asking));
}

function valueOf(part: Part, asking: Asking): unknown {
  switch (part.is) {
    case 'attribute':
      return own(asking.attributes, part.path);
    case 'operation':
      return asking.ask.operation.name;
    case 'expr':
      return evaluate(part.expr, asking.scope);
    case 'group':
    case 'global':
      return undefined; // closed, or constant: never part of a key
    default:
      return part satisfies never;
  }
}

/** A value as text, by its type: 1 is not "1". */
export function encode(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return `n${value}`;
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return Array.isArray(value) && !value.includes(FAILED) ? `l${value.map(delimited).join('')}` : ABSENT;
  }
}

/** An encoded value that ends where it says. */
export function delimited(value: unknown): string {
  const text = encode(value);
  return `${text.length}:${text}`;
}
