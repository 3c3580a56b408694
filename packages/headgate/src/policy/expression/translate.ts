import type { ASTNode } from '@marcbachmann/cel-js';
import { isExpr, type Expr, type ExprLiteral } from '../../profile/index.ts';
import { EVENT_FIELDS, REQUEST_FIELDS, ROOTS } from './environment.ts';
import { isWhole, isWholeList } from './whole.ts';
import { refuseField, Refusal, refuseUnknown } from './refusal.ts';

type Operand = Expr | ExprLiteral;

/** What may be read at one place of an expression. */
interface Names {
  readonly also: readonly string[];
  /** Variables of the macros around. */
  readonly locals: readonly string[];
  /** Those of them that are whole numbers by their type. */
  readonly wholes: readonly string[];
}

const FUNCTIONS: ReadonlySet<string> = new Set(
  'size int double string min max clamp floor ceil sum days during usage left limit set network lookup host'.split(' '),
);
const METHODS: ReadonlySet<string> = new Set(
  'startsWith endsWith contains indexOf split lowerAscii upperAscii trim substring join size'.split(' '),
);
/** Functions whose names have two parts. */
const SPACED: ReadonlySet<string> = new Set(['estimate.tokens', 'text.segments', 'graphql.cost', 'domain.registered']);
/** Functions that begin with the name of something declared elsewhere. */
const NAMING: ReadonlySet<string> = new Set(['lookup', 'host', 'during', 'usage', 'left', 'limit', 'graphql.cost']);
const MACROS: ReadonlyMap<string, string> = new Map([
  ...['all', 'exists', 'exists_one', 'filter'].map((name) => [name, name] as const),
  ['map', 'mapped'],
]);
/** Roots whose attributes lie flat in the subject: `account.seats` is one name. */
const PRINCIPALS: ReadonlySet<string> = new Set(['account', 'user', 'key', 'app', 'org']);
/** What it reads is written out: it is a reason to read the query and the body. */
const FINGERPRINT: Expr = [
  'fingerprint',
  ...['method', 'path', 'query', 'body'].map((name): Expr => ['.', ['root', 'request'], name]),
];
const READ_METHODS: Expr = ['list', 'GET', 'HEAD', 'OPTIONS'];

/**
 * The library's tree as ours.
 * @throws Refusal for whatever has no translation, at its place in the text.
 */
export function translate(node: ASTNode, also: readonly string[]): Operand {
  return expression(node, { also, locals: [], wholes: [] });
}

function expression(node: ASTNode, names: Names): Operand {
  switch (node.op) {
    case 'value':
      return literal(node.args, node.range.start);
    case 'id':
      return bareRoot(node.args, names, node.range.start);
    case '.':
      return field(node, node.args[0], node.args[1], names);
    case '[]':
      return index(node, node.args[0], node.args[1], names);
    case 'call':
      return call(node, node.args[0], node.args[1], names);
    case 'rcall':
      return method(node, node.args[0], node.args[1], node.args[2], names);
    case 'list':
      return ['list', ...node.args.map((element) => expression(element, names))];
    case 'map':
      return ['map', ...node.args.flatMap(([key, value]) => [mapKey(key), expression(value, names)])];
    case '?:':
      return ['?:', ...node.args.map((branch) => expression(branch, names))];
    case '!_':
      return ['!', expression(node.args, names)];
    case '-_':
      return negation(node.args, names);
    case '/':
      return [
        node.args.every((side) => isWhole(side, names.wholes)) ? 'idiv' : '/',
        ...node.args.map((side) => expression(side, names)),
      ];
    case '||':
    case '&&':
    case '==':
    case '!=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '%':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [node.op, ...node.args.map((side) => expression(side, names))];
    case '.?':
    case '[?]':
      throw new Refusal('optional access is not offered: use has(…) and a choice, a ? b : c', node.range.start);
    default:
      return node satisfies never;
  }
}

function literal(value: unknown, at: number): ExprLiteral {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') throw new Refusal('only text, numbers, true, false and null may stand here', at);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Refusal(`a whole number is at most 2^53 - 1, got ${value}`, at);
  return number;
}

function negation(of: ASTNode, names: Names): Operand {
  const operand = expression(of, names);
  return typeof operand === 'number' ? 0 - operand : ['neg', operand];
}

/** A root alone: an attribute (`account`), the operation's name, or a root that is data. */
function bareRoot(name: string, names: Names, at: number): Operand {
  if (names.locals.includes(name)) return ['local', name];
  if (names.also.includes(name)) return ['root', name];
  if (name === 'subject') throw new Refusal('subject is no value: name an attribute, such as subject.plan', at);
  if (name === 'plan' || PRINCIPALS.has(name)) return ['attr', name];
  if (name === 'operation') return ['operation', 'name'];
  if (isOffered(name)) return ['root', name];
  return refuseUnknown('root', name, [...ROOTS.keys(), 'request', ...names.also], at);
}

function isOffered(name: string): boolean {
  return name === 'request' || ROOTS.has(name) || Object.hasOwn(EVENT_FIELDS, name);
}

function isRoot(name: string, names: Names): boolean {
  return isOffered(name) || names.also.includes(name);
}

function field(node: ASTNode, target: ASTNode, name: string, names: Names): Operand {
  const owner = target.op === 'id' && !names.locals.includes(target.args) ? target.args : undefined;
  // The field's own name ends where the node does.
  const at = node.range.end - name.length;
  if (owner === 'subject') return ['attr', name];
  if (owner === 'plan' || owner === 'operation') return [owner, name];
  if (owner === 'request') return requestField(name, at);
  if (owner === 'message' || owner === 'connection') return eventField(owner, name, at);
  return memberOf(expression(target, names), name);
}

/** A field of an attribute is an attribute by a longer name; of anything else, a field. */
function memberOf(owner: Operand, name: string): Operand {
  const flat = isExpr(owner) && owner[0] === 'attr' ? owner[1] : undefined;
  if (flat !== undefined) return ['attr', `${String(flat)}.${name}`];
  return ['.', owner, isHeaders(owner) ? name.toLowerCase() : name];
}

/** Header names have no case (RFC 9110 5.1); requests and responses hold them in lower case. */
function isHeaders(owner: Operand): boolean {
  return isExpr(owner) && owner[0] === '.' && owner[2] === 'headers' && isMessage(owner[1]);
}

function isMessage(operand: Operand | undefined): boolean {
  return isExpr(operand) && operand[0] === 'root' && (operand[1] === 'request' || operand[1] === 'response');
}

function requestField(name: string, at: number): Operand {
  if (!Object.hasOwn(REQUEST_FIELDS, name)) return refuseField('request', name, Object.keys(REQUEST_FIELDS), at);
  if (name === 'fingerprint') return FINGERPRINT;
  if (name !== 'kind') return ['.', ['root', 'request'], name];
  return ['?:', ['in', ['.', ['root', 'request'], 'method'], READ_METHODS], 'read', 'write'];
}

function eventField(owner: keyof typeof EVENT_FIELDS, name: string, at: number): Operand {
  const known = EVENT_FIELDS[owner];
  return Object.hasOwn(known, name) ? ['.', ['root', owner], name] : refuseField(owner, name, Object.keys(known), at);
}

function index(node: ASTNode, target: ASTNode, at: ASTNode, names: Names): Operand {
  const key = expression(at, names);
  if (typeof key === 'string' && target.op === 'id' && !names.locals.includes(target.args))
    return field(node, target, key, names);
  const owner = expression(target, names);
  if (typeof key === 'string') return memberOf(owner, key);
  if (!isExpr(owner) || owner[0] !== 'attr') return ['[]', owner, key];
  throw new Refusal('an attribute is found by its name: write the name out', at.range.start);
}

function mapKey(key: ASTNode): string {
  if (key.op === 'value' && typeof key.args === 'string') return key.args;
  throw new Refusal('a key of a map is a text', key.range.start);
}

function call(node: ASTNode, name: string, args: readonly ASTNode[], names: Names): Operand {
  const [first] = args;
  if (name === 'has' && first !== undefined) return hasField(first, names);
  if (name === 'dyn' && first !== undefined) return expression(first, names);
  if (!FUNCTIONS.has(name)) return refuseUnknown('function', name, [...FUNCTIONS, 'has'], node.range.start);
  checkNaming(name, first, node);
  return [name, ...args.map((arg) => expression(arg, names))];
}

function spacedCall(node: ASTNode, name: string, args: readonly ASTNode[], names: Names): Operand {
  checkNaming(name, args[0], node);
  const given = args.map((arg) => expression(arg, names));
  // What it reads is written out: it is a reason to read the body.
  return name === 'graphql.cost' ? [name, ...given, ['.', ['root', 'request'], 'body']] : [name, ...given];
}

function checkNaming(name: string, first: ASTNode | undefined, node: ASTNode): void {
  if (NAMING.has(name) && (first?.op !== 'value' || typeof first.args !== 'string'))
    throw new Refusal(`${name}() begins with a name in quotes`, (first ?? node).range.start);
}

function hasField(target: ASTNode, names: Names): Operand {
  const asked = expression(target, names);
  if (target.op === '.' && isExpr(asked) && ['attr', 'plan', 'operation', '.'].includes(asked[0]))
    return ['has', asked];
  throw new Refusal('has() asks for a field, such as has(account.seats)', target.range.start);
}

function method(node: ASTNode, name: string, target: ASTNode, args: readonly ASTNode[], names: Names): Operand {
  const spaced = target.op === 'id' && !names.locals.includes(target.args) ? `${target.args}.${name}` : '';
  if (SPACED.has(spaced)) return spacedCall(node, spaced, args, names);
  const macro = MACROS.get(name);
  if (macro !== undefined) return listMacro(macro, target, args, names);
  const at = target.range.end + 1;
  if (!METHODS.has(name)) return refuseUnknown('method', name, [...METHODS, ...MACROS.keys()], at);
  return [name, expression(target, names), ...args.map((arg) => expression(arg, names))];
}

function listMacro(op: string, target: ASTNode, args: readonly ASTNode[], names: Names): Operand {
  const [variable, ...bodies] = args;
  if (variable?.op !== 'id')
    throw new Refusal('a macro begins with the name of its variable', (variable ?? target).range.start);
  if (isRoot(variable.args, names))
    throw new Refusal(`"${variable.args}" is a root; give the variable another name`, variable.range.start);
  const others = names.wholes.filter((name) => name !== variable.args);
  const wholes = isWholeList(target, names.wholes) ? [...others, variable.args] : others;
  const inner: Names = { ...names, locals: [...names.locals, variable.args], wholes };
  return [op, expression(target, names), variable.args, ...bodies.map((body) => expression(body, inner))];
}
