import { isExpr, type Expr, type PlannedLimit } from '../../profile/index.ts';
import type { Reads } from './ending.ts';
import type { EndOf } from './ends.ts';

/** The longest body that is read. What an API says of a job, or of its cost, stands in less. */
const MAX_BODY_BYTES = 1024 * 1024;
/** `application/json`, and whatever is JSON by its suffix (RFC 6839 3.1). */
const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;

/** Members of a body that are read, of its outermost object; or all of it. */
type Members = ReadonlySet<string> | 'all';

const NONE: Members = new Set();

type ReadsOf = (limits: readonly PlannedLimit[], ends: readonly EndOf[]) => Reads | undefined;

/** Says what of a response must be read: undefined when nothing. Limits of one profile are asked about with the ends of one operation. */
export function createReads(): ReadsOf {
  const known = new WeakMap<
    readonly PlannedLimit[],
    WeakMap<readonly EndOf[], { readonly reads: Reads | undefined }>
  >();
  return (limits, ends) => {
    let ofLimits = known.get(limits);
    if (ofLimits === undefined) known.set(limits, (ofLimits = new WeakMap()));
    let found = ofLimits.get(ends);
    if (found === undefined) ofLimits.set(ends, (found = { reads: readsFor(limits, ends) }));
    return found.reads;
  };
}

function readsFor(limits: readonly PlannedLimit[], ends: readonly EndOf[]): Reads | undefined {
  const own = limits.map(({ hold }) => (hold === undefined ? NONE : collect({ ...hold, ends: [] })));
  const members = [...own, ...ends.map(({ end }) => collect(end))].reduce(both, NONE);
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
  if (a === NONE || b === NONE) return a === NONE ? b : a;
  return a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

/** Whatever may read a response is data, so that what it reads can be found in it. */
function collect(part: unknown): Members {
  if (typeof part !== 'object' || part === null) return NONE;
  const read = Array.isArray(part) ? readBy(part as unknown as Expr) : undefined;
  if (read !== undefined) return read;
  return Object.values(part).map(collect).reduce(both, NONE);
}

/** What this expression reads of a body: a member of it, or all; undefined where that is for its parts to say. */
function readBy(expr: Expr): Members | undefined {
  const [, , name] = expr;
  const owner = ownerOf(expr);
  if (isBody(owner)) return typeof name === 'string' ? new Set([name]) : 'all';
  if (isBody(expr) || isResponse(expr)) return 'all';
  return isResponse(owner) ? NONE : undefined;
}

/** What it reads a member of. */
function ownerOf([op, owner]: Expr): Expr | undefined {
  return (op === '.' || op === '[]') && isExpr(owner) ? owner : undefined;
}

function isBody(expr: Expr | undefined): boolean {
  return expr?.[2] === 'body' && isResponse(ownerOf(expr));
}

function isResponse(expr: Expr | undefined): boolean {
  return expr?.[0] === 'root' && expr[1] === 'response';
}
