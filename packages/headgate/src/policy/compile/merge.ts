import type { HeaderBlock, Merge } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readPointer } from '../read/pointer.ts';
import type { MergeInput, RespondInput } from '../schema/respond.ts';
import { compileAnswerBody } from './body.ts';
import type { Context } from './context.ts';
import { listOf } from './lists.ts';
import { compileScope } from './scope.ts';
import { compileTold } from './told.ts';

/** Compiles one `of`, as a header block has it. */
type CompileOf = (of: MergeInput['of'], path: Path) => HeaderBlock['of'];

/** Compiles what is written into successful bodies. */
export function compileMerges(context: Context, respond: RespondInput | undefined, of: CompileOf): readonly Merge[] {
  return listOf<MergeInput>(respond?.merge, ['respond', 'merge']).map(({ item, path }) => ({
    of: of(item.of, [...path, 'of']),
    ...compileScope(context, { on: item.on }, path),
    ...(item.when !== undefined && {
      when: compileTold(context, item.when, [...path, 'when'], { expect: 'bool' }),
    }),
    ...compileMarked(context, item.marked, [...path, 'marked']),
    at: compilePointer(context, item.at, [...path, 'at']),
    body: compileAnswerBody(context, item.body, [...path, 'body']),
  }));
}

/** A mark that some ladder sets. */
export function compileMarked(context: Context, marked: string | undefined, path: Path): { readonly marked?: string } {
  if (marked === undefined) return {};
  context.isKnown('mark', marked, context.names.marks, path);
  return { marked };
}

export function compilePointer(context: Context, pointer: string, path: Path): readonly string[] {
  const tokens = readPointer(pointer);
  if (typeof tokens !== 'string') return tokens;
  context.problems.error('ERR_POLICY_POINTER', path, tokens);
  return [];
}
