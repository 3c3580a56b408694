import type { Part, PartsValue } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { PartsInput, PartsLeaf } from '../schema/value.ts';
import { compileChoice } from './choice.ts';
import type { Context } from './context.ts';

/** More parts than this make no partition anybody could name. */
const MAX_PARTS = 8;

type Parts = Extract<PartsValue, { is: 'parts' }>;

/** Compiles `per`: whose counter it is. */
export function compileParts(context: Context, given: PartsInput, path: Path): PartsValue {
  return compileChoice<PartsLeaf, Parts>(context, given, path, (leaf, at) => {
    if (typeof leaf === 'string') return { is: 'parts', parts: [compilePart(context, leaf, at)] };
    checkList(context, leaf, at);
    return { is: 'parts', parts: leaf.map((part, i) => compilePart(context, part, [...at, i])) };
  });
}

function checkList(context: Context, parts: readonly string[], path: Path): void {
  if (parts.length > MAX_PARTS)
    context.problems.error('ERR_POLICY_RANGE', path, `a partition has at most ${MAX_PARTS} parts`, { value: null });
  if (parts.filter((part) => EACH.test(part.trim())).length > 1)
    context.problems.error('ERR_POLICY_WORD', path, 'a partition names several values by one each(…) alone', {
      value: null,
    });
  if (parts.length > 1 && parts.includes('global')) {
    context.problems.error('ERR_POLICY_WORD', path, '"global" is one counter for all: it stands alone', {
      value: null,
    });
  }
}

/** `each(list)`: every value of the list is a partition of its own. `each(list, expr)`: every element is charged to the one that `expr` names. */
const EACH = /^each\s*\(([^]*)\)$/;
const ATTRIBUTE = /^[a-zA-Z][\w-]*(\.[a-zA-Z][\w-]*)*$/;
/** Roots that belong to the request, not to who sends it. */
const REQUEST_ROOTS: ReadonlySet<string> = new Set([
  'request',
  'path',
  'facts',
  'operation',
  'now',
  'message',
  'file',
  'connection',
  'response',
  'reserved',
  'item',
]);

function compilePart(context: Context, text: string, path: Path): Part {
  const part = text.trim();
  if (part === 'global') return { is: 'global' };
  if (part === 'operation' || part === 'operation.name') return { is: 'operation' };
  if (part === 'operation.group') return { is: 'group' };
  const each = EACH.exec(part)?.[1];
  if (each !== undefined) return compileEach(context, each, path);
  const root = part.split('.', 1)[0] ?? '';
  if (!ATTRIBUTE.test(part) || REQUEST_ROOTS.has(root)) return { is: 'expr', expr: context.expression(text, path) };
  const attribute = part.startsWith('subject.') ? part.slice('subject.'.length) : part;
  context.checkAttribute(attribute, path, 'those without it share one counter');
  return { is: 'attribute', path: attribute };
}

function compileEach(context: Context, text: string, path: Path): Part {
  const [list = '', of, ...more] = argumentsOf(text);
  if (more.length > 0)
    context.problems.error(
      'ERR_POLICY_WORD',
      path,
      'each(…) takes a list, and what of its elements names the partition',
    );
  const expr = context.expression(list, path, { expect: 'list' });
  if (of === undefined) return { is: 'expr', expr, each: true };
  return { is: 'expr', expr, each: true, of: context.expression(of, path) };
}

/** Cut at commas that stand in no brackets and in no quotes. */
function argumentsOf(text: string): readonly string[] {
  const found = [''];
  let depth = 0;
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^]/g)) {
    if (piece === ',' && depth === 0) found.push('');
    else found[found.length - 1] += piece;
    depth += OPENS.has(piece) ? 1 : CLOSES.has(piece) ? -1 : 0;
  }
  return found;
}

const OPENS: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSES: ReadonlySet<string> = new Set([')', ']', '}']);
