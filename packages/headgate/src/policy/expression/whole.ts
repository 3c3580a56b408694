import type { ASTNode } from '@marcbachmann/cel-js';

const WHOLE_CALLS: ReadonlySet<string> = new Set(['size', 'int', 'floor', 'ceil', 'days']);
const WHOLE_FIELDS: ReadonlySet<string> = new Set(['request.bytes', 'request.files', 'message.bytes', 'connection.ms']);
const WHOLE_METHODS: ReadonlySet<string> = new Set(['size', 'indexOf', 'tokens', 'segments', 'cost']);

/**
 * Whether a value is a whole number by its type, so that CEL's `/` cuts the quotient toward zero. Attributes
 * and facts have no type: what is divided by them, or they by it, is divided as people mean it.
 * @param locals variables of macros that are whole numbers
 */
export function isWhole(node: ASTNode, locals: readonly string[]): boolean {
  const all = (nodes: readonly ASTNode[]): boolean => nodes.every((one) => isWhole(one, locals));
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint';
    case 'id':
      return node.args === 'now' || locals.includes(node.args);
    case '.':
      return node.args[0].op === 'id' && WHOLE_FIELDS.has(`${node.args[0].args}.${node.args[1]}`);
    case '[]':
      return isWholeList(node.args[0], locals);
    case 'call':
      return WHOLE_CALLS.has(node.args[0]);
    case 'rcall':
      return WHOLE_METHODS.has(node.args[0]);
    case '-_':
      return isWhole(node.args, locals);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return all(node.args);
    case '?:':
      return all(node.args.slice(1));
    case 'list':
    case 'map':
    case '!_':
    case '&&':
    case '||':
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '.?':
    case '[?]':
      return false;
    default:
      return node satisfies never;
  }
}

/** Whether a list holds whole numbers by its type. */
export function isWholeList(node: ASTNode, locals: readonly string[]): boolean {
  if (node.op === 'list') return node.args.length > 0 && node.args.every((element) => isWhole(element, locals));
  if (node.op === '+') return node.args.every((side) => isWholeList(side, locals));
  if (node.op === '?:') return node.args.slice(1).every((branch) => isWholeList(branch, locals));
  return node.op === 'rcall' && isWholeResult(node.args[0], node.args[1], node.args[2], locals);
}

function isWholeResult(
  name: string,
  list: ASTNode,
  [variable, ...bodies]: readonly ASTNode[],
  locals: readonly string[],
): boolean {
  if (name === 'filter') return isWholeList(list, locals);
  const body = bodies.at(-1);
  if (name !== 'map' || variable?.op !== 'id' || body === undefined) return false;
  const others = locals.filter((local) => local !== variable.args);
  return isWhole(body, isWholeList(list, locals) ? [...others, variable.args] : others);
}
