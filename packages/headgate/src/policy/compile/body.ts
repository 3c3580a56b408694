import type { BodyTemplate } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { isMap } from '../schema/words.ts';
import { compileChoice } from './choice.ts';
import type { Context, Wanted } from './context.ts';
import { compileBody } from './template.ts';
import { compileTold } from './told.ts';

/** Choices inside choices; deeper ones are a mistake. */
const MAX_DEPTH = 8;

/**
 * Compiles an answer's body: a template, or a choice of them, written like any figure: a table with `by`, or `cases`. Further
 * inside, a map is only a map.
 */
export function compileAnswerBody(context: Context, body: unknown, path: Path): BodyTemplate {
  const wrong = choiceProblem(body, path, 0);
  if (wrong !== undefined) {
    context.problems.error('ERR_POLICY_TYPE', wrong.path, wrong.rule, { value: null });
    return { is: 'value', value: null };
  }
  const leaf = Object.assign((given: unknown, at: Path) => compileBody(context, given, at), {
    isLeaf: (map: object) => !isChoice(map),
    expression: (text: string, at: Path, wanted?: Wanted) => compileTold(context, text, at, wanted),
  });
  // Which of the two choices a map is was looked at just now.
  return compileChoice<unknown, BodyTemplate>(context, body, path, leaf);
}

function isChoice(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMap(value) && (Object.hasOwn(value, 'by') || Object.hasOwn(value, 'cases'));
}

type Wrong = { readonly path: Path; readonly rule: string };

/** What is wrong with the form of a choice: the schema takes any body, since any can be data. */
function choiceProblem(body: unknown, path: Path, depth: number): Wrong | undefined {
  if (!isChoice(body)) return undefined;
  if (depth > MAX_DEPTH) return { path, rule: `choices nest at most ${MAX_DEPTH} deep` };
  return Object.hasOwn(body, 'by') ? tableProblem(body, path, depth) : casesProblem(body, path, depth);
}

function tableProblem(body: Readonly<Record<string, unknown>>, path: Path, depth: number): Wrong | undefined {
  if (typeof body['by'] !== 'string') return { path: [...path, 'by'], rule: 'expected an expression' };
  return first(
    Object.entries(body).filter(([row]) => row !== 'by'),
    ([row, below]) => choiceProblem(below, [...path, row], depth + 1),
  );
}

function casesProblem(
  { cases, ...rest }: Readonly<Record<string, unknown>>,
  path: Path,
  depth: number,
): Wrong | undefined {
  const [other] = Object.keys(rest);
  if (other !== undefined) return { path: [...path, other], rule: 'a body of "cases" has no other word' };
  const at = [...path, 'cases'];
  if (!Array.isArray(cases) || cases.length === 0) return { path: at, rule: 'expected a list of cases' };
  return first([...cases.entries()], ([i, one]) => caseProblem(one, [...at, i], depth));
}

function caseProblem(one: unknown, path: Path, depth: number): Wrong | undefined {
  const words = isMap(one) ? Object.keys(one) : [];
  if (!isMap(one) || !words.includes('use') || words.some((word) => word !== 'when' && word !== 'use')) {
    return { path, rule: 'expected a case: { when: an expression, use: a body }' };
  }
  if (one['when'] !== undefined && typeof one['when'] !== 'string') {
    return { path: [...path, 'when'], rule: 'expected an expression' };
  }
  return choiceProblem(one['use'], [...path, 'use'], depth + 1);
}

function first<Item>(items: readonly Item[], problem: (item: Item) => Wrong | undefined): Wrong | undefined {
  for (const item of items) {
    const wrong = problem(item);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
