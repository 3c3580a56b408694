import { evaluate, FAILED, type Scope, type TemplateCases, type TemplateTable } from '../../profile/index.ts';
import { rootsOf } from './roots.ts';
import type { Told } from './told.ts';

/** Finds what a choice comes to for one response; undefined when no row is for it. */
export type Choose<Out> = (told: Told, index: number, status?: number) => Out | undefined;

/** Compiles a choice of bodies: by a table over an expression, or by the first case that holds. */
export function chooseOf<Leaf, Out>(
  choice: TemplateTable<Leaf> | TemplateCases<Leaf>,
  compile: (leaf: Leaf) => Out,
): Choose<Out> {
  const find = choice.is === 'table' ? tableOf(choice, compile) : casesOf(choice, compile);
  return (told, index, status) => find(told.scope(rootsOf(told, index, status)));
}

type Find<Out> = (scope: Scope) => Out | undefined;

function tableOf<Leaf, Out>({ by, rows, else: rest }: TemplateTable<Leaf>, compile: (leaf: Leaf) => Out): Find<Out> {
  const found = new Map(rows.map(([name, leaf]) => [name, compile(leaf)]));
  const last = rest === undefined ? undefined : compile(rest);
  return (scope) => {
    const value = evaluate(by, scope);
    return value === FAILED ? last : (found.get(String(value)) ?? last);
  };
}

/** A condition that fails does not hold. */
function casesOf<Leaf, Out>({ cases, else: rest }: TemplateCases<Leaf>, compile: (leaf: Leaf) => Out): Find<Out> {
  const found = cases.map(({ when, use }) => [when, compile(use)] as const);
  const last = compile(rest);
  return (scope) => found.find(([when]) => evaluate(when, scope) === true)?.[1] ?? last;
}
