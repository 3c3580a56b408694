import type { ASTNode } from '@marcbachmann/cel-js';

const WHOLE_CALLS: ReadonlySet<string> = new Set(['size', 'int', 'floor', 'ceil', 'days']);
const WHOLE_METHODS: ReadonlySet<string> = new Set(['size', 'indexOf']);

/**
 * Whether a value is a whole number by its type, so that CEL's `/` cuts the quotient toward zero. Attributes
 * and facts have no type: what is divided by them, or they by it, is divided as people mean it.
 */
export function isWhole(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint';
    case 'id':
      return node.args === 'now';
    case '.':
      return node.args[1] === 'bytes' && node.args[0].op === 'id' && node.args[0].args === 'request';
    case 'call':
      return WHOLE_CALLS.has(node.args[0]);
    case 'rcall':
      return WHOLE_METHODS.has(node.args[0]);
    case '-_':
      return isWhole(node.args);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args.every(isWhole);
    case '?:':
      return isWhole(node.args[1]) && isWhole(node.args[2]);
    default:
      return false;
  }
}
