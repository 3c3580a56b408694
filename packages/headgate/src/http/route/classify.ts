import type { Operation, OperationHit, PathRules } from '../../profile/index.ts';
import type { Sha256 } from '../request.ts';
import { createTable, type Holds, type Table } from './table.ts';
import { isPlain, withoutEnd, withoutTails } from './spelling.ts';

/** Finds the operation a request is; undefined when operations are declared and none matches. */
export type Classify = (method: string, path: string, holds: Holds) => OperationHit | undefined;

/** A path longer than this is counted under its hash: names of operations become keys, and keys are kept whole. */
const MAX_NAME = 256;
const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Compiles the declared operations, in order; with none that are requests, every method and path is one. A path that some servers would
 * read as another (in another case, or without dots and spaces at the end of a segment), and that would then be another
 * operation, is none: it could be served as one and counted as the other.
 */
export function createClassifier(operations: readonly Operation[], rules: PathRules, sha256: Sha256): Classify {
  if (operations.every(({ event }) => event !== undefined))
    return (method, path) => undeclared(method, path, rules, sha256);
  const exact = createTable(operations, rules, rules.case === 'insensitive');
  const anyCase = rules.case === 'unstated' ? createTable(operations, rules, true) : undefined;
  return (method, path, holds) => {
    const hit = exact(method, path, holds);
    if (isPlain(path)) return hit;
    const isHit = (table: Table, one: string): boolean => table(method, one, holds)?.index === hit?.index;
    // Each of what servers do alone, and both together.
    const short = withoutTails(path);
    if (anyCase !== undefined && !isHit(anyCase, path)) return undefined;
    return short === path || (isHit(exact, short) && (anyCase === undefined || isHit(anyCase, short)))
      ? hit
      : undefined;
  };
}

function undeclared(method: string, path: string, rules: PathRules, sha256: Sha256): OperationHit {
  const bare = rules.trailingSlash === 'same' ? withoutEnd(path) : path;
  const read = isPlain(bare) ? bare : withoutTails(bare);
  const name = read.length <= MAX_NAME ? read : `#${sha256(read)}`;
  return { index: -1, name: `${method} ${name}`, path: NO_VARIABLES };
}
