import { isExpr, type Expr, type ExprLiteral } from './expr.ts';

type Operand = Expr | ExprLiteral;

const INFIX: ReadonlyMap<string, string> = new Map([
  ...['&&', '||', '==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'].map((op) => [op, op] as const),
  ['idiv', '/'],
]);
/** What is written after its first operand: `text.startsWith("a")`. */
const METHODS: ReadonlySet<string> = new Set(
  'startsWith endsWith contains indexOf split lowerAscii upperAscii trim substring join'.split(' '),
);
const MACROS: ReadonlyMap<string, string> = new Map([
  ...['all', 'exists', 'exists_one', 'filter'].map((name) => [name, name] as const),
  ['mapped', 'map'],
]);

/** An expression as it could have been written: for people, and for being read again. */
export function textOf(expr: Operand): string {
  return isExpr(expr) ? written(expr) : literal(expr);
}

/** Inside another expression: whatever is made of several parts stands in brackets. */
function inner(operand: Operand | undefined): string {
  const text = textOf(operand ?? null);
  const compound = isExpr(operand) && (INFIX.has(operand[0]) || ['?:', 'before', 'since'].includes(operand[0]));
  return compound ? `(${text})` : text;
}

function written(expr: Expr): string {
  const [op, first, second, third] = expr;
  const infix = INFIX.get(op);
  if (infix !== undefined) return `${inner(first)} ${infix} ${inner(second)}`;
  const macro = MACROS.get(op);
  if (macro !== undefined)
    return `${inner(first)}.${macro}(${[second, ...expr.slice(3).map((body) => textOf(body))].join(', ')})`;
  switch (op) {
    case 'attr':
      return attribute(String(first));
    case 'plan':
    case 'operation':
      return first === 'name' && op === 'operation' ? 'operation' : `${op}.${String(first)}`;
    case 'root':
    case 'local':
      return String(first);
    case 'value':
      return textOf(first ?? null);
    case '.':
      return member(inner(first), String(second));
    case '[]':
      return `${inner(first)}[${textOf(second ?? null)}]`;
    case 'ramp':
      return ramped(expr.slice(2).map(String));
    case 'fingerprint':
      return 'request.fingerprint';
    case 'age':
      return `days(now, ${textOf(first ?? null)})`;
    case 'before':
      return `now < ${inner(first)}`;
    case 'since':
      return `now >= ${inner(first)}`;
    case '!':
      return `!${inner(first)}`;
    case 'neg':
      return `-${inner(first)}`;
    case '?:':
      return `${inner(first)} ? ${inner(second)} : ${inner(third)}`;
    case 'list':
      return `[${expr
        .slice(1)
        .map((element) => textOf(element))
        .join(', ')}]`;
    case 'map':
      return `{${entries(expr.slice(1))}}`;
    default:
      return called(op, expr.slice(1));
  }
}

/** `500, growing by 500 to 3000`. */
function ramped([from, how, by, to]: readonly string[]): string {
  return `${from}, growing ${how === 'add' ? 'by' : 'times'} ${by} to ${to}`;
}

function called(name: string, args: readonly Operand[]): string {
  const texts = args.map((arg) => textOf(arg));
  return METHODS.has(name) ? `${inner(args[0])}.${name}(${texts.slice(1).join(', ')})` : `${name}(${texts.join(', ')})`;
}

function entries(operands: readonly Operand[]): string {
  const texts: string[] = [];
  for (let i = 0; i + 1 < operands.length; i += 2)
    texts.push(`${textOf(operands[i] ?? null)}: ${textOf(operands[i + 1] ?? null)}`);
  return texts.join(', ');
}

const NAME = /^[A-Za-z_]\w*$/;
const PRINCIPAL = /^(account|user|key|app|org|plan)(\.|$)/;

function attribute(name: string): string {
  const root = PRINCIPAL.test(name) ? undefined : 'subject';
  const [head = '', ...rest] = root === undefined ? name.split('.') : [root, ...name.split('.')];
  return rest.reduce(member, head);
}

function member(owner: string, name: string): string {
  return NAME.test(name) ? `${owner}.${name}` : `${owner}[${JSON.stringify(name)}]`;
}

function literal(value: ExprLiteral): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
