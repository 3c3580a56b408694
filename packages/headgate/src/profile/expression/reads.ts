import { isExpr, type Expr } from './expr.ts';
import { readsTime, TIME } from './time.ts';
import { readsUse, USE } from './use.ts';

const PRINCIPALS: ReadonlySet<string> = new Set(['account', 'user', 'key', 'app', 'org']);

/**
 * What an expression reads, as dotted paths: `account.seats`, `subject.auth`, `plan.factor`, `operation.group`,
 * `request.headers.x-kind`, `now`. A field that is computed reads its owner. `time`: something of which it is known when it changes. `use`: how a
 * limit stands.
 */
export function readsOf(expr: Expr): readonly string[] {
  const reads = new Set<string>();
  collect(expr, reads);
  return [...reads].toSorted();
}

function collect(expr: Expr, reads: Set<string>): void {
  const path = pathOf(expr);
  if (path !== undefined) {
    reads.add(path);
    return;
  }
  if (readsTime(expr)) reads.add(TIME);
  if (readsUse(expr)) reads.add(USE);
  for (const operand of expr.slice(1)) if (isExpr(operand)) collect(operand, reads);
}

/** The path that a chain of fields names; undefined when it is anything else. */
function pathOf(expr: Expr): string | undefined {
  const [op, first, second] = expr;
  switch (op) {
    case 'attr':
      return attributePath(String(first));
    case 'plan':
    case 'operation':
      return `${op}.${String(first)}`;
    case 'root':
      return String(first);
    case '.':
    case '[]': {
      const owner = isExpr(first) && typeof second === 'string' ? pathOf(first) : undefined;
      return owner === undefined ? undefined : `${owner}.${String(second)}`;
    }
    default:
      return undefined;
  }
}

function attributePath(name: string): string {
  const [root = ''] = name.split('.', 1);
  return PRINCIPALS.has(root) || name === 'plan' ? name : `subject.${name}`;
}
