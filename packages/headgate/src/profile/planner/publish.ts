import type { Limit } from '../compiled.ts';
import type { Scope } from '../expression/index.ts';
import { leavesOf } from './choice.ts';
import { scalarOf } from './figures.ts';

/** How a limit is told to those whom it binds. */
export type Published =
  | { readonly is: 'stated' | 'approximate' | 'at-least' | 'hidden' }
  /** On the page, in place of figures. */
  | { readonly is: 'words'; readonly words: string };

const STATED: Published = { is: 'stated' };
const HIDDEN: Published = { is: 'hidden' };

/** What cannot be told to be public is not. */
export function publishedOf({ publish }: Pick<Limit, 'publish'>, scope: Scope): Published {
  return publish === undefined ? STATED : wayOf(scalarOf(publish, scope));
}

function wayOf(way: unknown): Published {
  if (way === 'stated' || way === 'approximate' || way === 'at-least') return { is: way };
  return typeof way === 'string' && way.startsWith(WORDS) ? { is: 'words', words: way.slice(WORDS.length) } : HIDDEN;
}

const WORDS = 'words ';

/** The same where nobody asks: hidden if it is so for anybody. */
export function publishedTo({ publish }: Pick<Limit, 'publish'>, plan: string | undefined): Published {
  if (publish === undefined) return STATED;
  const isByPlan = publish.is === 'table' && publish.by[0] === 'attr' && publish.by[1] === 'plan';
  const row =
    isByPlan && plan !== undefined ? (publish.rows.find(([name]) => name === plan)?.[1] ?? publish.else) : publish;
  const ways =
    row === undefined ? [HIDDEN] : leavesOf(row).map((leaf) => (leaf.is === 'literal' ? wayOf(leaf.value) : HIDDEN));
  return ways.find(({ is }) => is === 'hidden') ?? ways.find(({ is }) => is !== 'stated') ?? STATED;
}
