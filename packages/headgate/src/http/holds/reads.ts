import { isExpr, type Expr, type Hold, type HoldEnd } from '../../profile/index.ts';
import type { Reads } from './ending.ts';

/** The longest body that is read. What an API says of a job, or of its cost, stands in less. */
const MAX_BODY_BYTES = 1024 * 1024;
/** `application/json`, and whatever is JSON by its suffix (RFC 6839 3.1). */
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;

/** Members of a body that are read, of its outermost object; or all of it. */
type Members = ReadonlySet<string> | 'all';

const NONE: Members = new Set();
const known = new WeakMap<object, Members>();

/** What of a response must be read for all of these; undefined when nothing. */
export function readsFor(what: readonly (Hold | HoldEnd)[]): Reads | undefined {
  let members: Members = NONE;
  for (const one of what) {
    const more = membersOf(one);
    if (more !== NONE) members = members === NONE ? more : both(members, more);
  }
  return members === NONE ? undefined : bodyReads(members);
}

/** Whatever is JSON, of whatever status: a failure may have its price too. */
function bodyReads(members: Members): Reads {
  return {
    maxBytes: MAX_BODY_BYTES,
    members: members === 'all' ? undefined : [...members],
    wants: (_status, contentType) => contentType !== undefined && JSON_TYPE.test(contentType),
  };
}

function both(a: Members, b: Members): Members {
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

/** Whatever may read a response is data, so that what it reads can be found in it. It is looked for once. */
function membersOf(what: Hold | HoldEnd): Members {
  let members = known.get(what);
  if (members === undefined) known.set(what, (members = collect('ends' in what ? { ...what, ends: [] } : what)));
  return members;
}

function collect(part: unknown): Members {
  if (typeof part !== 'object' || part === null) return NONE;
  const read = Array.isArray(part) ? readBy(part as unknown as Expr) : undefined;
  if (read !== undefined) return read;
  let members: Members = NONE;
  for (const below of Object.values(part)) {
    const more = collect(below);
    if (more !== NONE) members = members === NONE ? more : both(members, more);
  }
  return members;
}

/** What this expression reads of a body: a member of it, or all; undefined where that is for its parts to say. */
function readBy(expr: Expr): Members | undefined {
  const [op, owner, name] = expr;
  if ((op === '.' || op === '[]') && isExpr(owner) && isBody(owner))
    return typeof name === 'string' ? new Set([name]) : 'all';
  return isBody(expr) || isResponse(expr) ? 'all' : isField(expr) ? NONE : undefined;
}

/** A field of a response that is not its body. */
function isField([op, owner]: Expr): boolean {
  return (op === '.' || op === '[]') && isExpr(owner) && isResponse(owner);
}

function isBody([op, owner, name]: Expr): boolean {
  return (op === '.' || op === '[]') && isExpr(owner) && isResponse(owner) && name === 'body';
}

function isResponse([op, name]: Expr): boolean {
  return op === 'root' && name === 'response';
}
