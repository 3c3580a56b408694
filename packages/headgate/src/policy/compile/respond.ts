import type { HeaderBlock, Respond } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { HeadersInput, RespondInput } from '../schema/respond.ts';
import { compileAnswers, type WrittenAnswer } from './answers.ts';
import type { Context } from './context.ts';
import { compileFields, compileFieldValue, fieldNameProblem } from './header.ts';
import { listOf } from './lists.ts';
import { compileScope } from './scope.ts';
import { TOLD } from './template.ts';

/** Compiles what callers are told. */
export function compileRespond(
  context: Context,
  respond: RespondInput | undefined,
  inPlace: readonly WrittenAnswer[],
): Respond {
  return {
    report: compileReport(context, respond?.report),
    answers: compileAnswers(context, respond, inPlace),
    headers: blocksOf(respond).map(({ item, path }) => compileBlock(context, item, path)),
    expose: respond?.expose ?? false,
  };
}

function blocksOf(respond: RespondInput | undefined): readonly { readonly item: HeadersInput; readonly path: Path }[] {
  return listOf<HeadersInput>(respond?.headers, ['respond', 'headers']);
}

function compileReport(context: Context, report = 'binding'): string {
  if (report === 'binding' || report === 'first') return report;
  const path = ['respond', 'report'];
  const windows = context.names.limits.get(report);
  if (windows !== undefined && (windows.length > 1 || windows[0] !== report)) {
    context.problems.error(
      'ERR_POLICY_UNKNOWN',
      path,
      `this limit has several windows: name one of ${windows.join(', ')}`,
    );
  } else context.isKnown('limit', report, limitNames(context), path);
  return report;
}

/** Limits as they are written, and the windows they come to. */
function limitNames(context: Context): readonly string[] {
  return [...new Set([...context.names.limits].flatMap(([name, windows]) => [name, ...windows]))];
}

function compileBlock(context: Context, given: HeadersInput, path: Path): HeaderBlock {
  const { dialect, policy, prefix, fields } = given;
  checkBlock(context, given, path);
  return {
    of: compileOf(context, given.of, [...path, 'of']),
    ...compileScope(context, { on: given.on }, path),
    ...(given.only !== undefined && { only: given.only }),
    ...(given.when !== undefined && {
      when: context.expression(given.when, [...path, 'when'], { expect: 'bool', also: TOLD }),
    }),
    ...(dialect !== undefined && { dialect }),
    ...(prefix !== undefined && { prefix }),
    ...(policy !== undefined && { policy: compileFieldValue(context, policy, [...path, 'policy']) }),
    reset: given.reset ?? (dialect === undefined || dialect === 'x-ratelimit' ? 'epoch' : 'delta'),
    used: given.used ?? false,
    ...(given.denied !== undefined && { denied: given.denied }),
    fields: compileFields(context, fields ?? {}, [...path, 'fields']),
    join: given.join ?? ', ',
    each: given.each ?? false,
  };
}

function checkBlock(context: Context, { dialect, prefix, fields, join }: HeadersInput, path: Path): void {
  if (
    dialect === undefined &&
    Object.keys(fields ?? {}).length === 0 &&
    !context.wasWritten(path, ['dialect', 'fields'])
  ) {
    context.problems.error('ERR_POLICY_MISSING', path, 'expected a "dialect", or "fields" of its own', { value: null });
  }
  const wrong = prefix === undefined ? undefined : fieldNameProblem(`${prefix}Limit`);
  if (wrong !== undefined) context.problems.error('ERR_POLICY_HEADER', [...path, 'prefix'], wrong);
  if (join !== undefined && !/^[\t\u0020-\u007e]{0,16}$/.test(join)) {
    context.problems.error('ERR_POLICY_HEADER', [...path, 'join'], 'expected at most 16 printable characters');
  }
}

function compileOf(context: Context, of: HeadersInput['of'], path: Path): HeaderBlock['of'] {
  if (of === 'binding' || of === 'tightest') return of;
  return listOf<string>(of, path).flatMap(({ item, path: at }) => {
    if (!context.isKnown('limit', item, limitNames(context), at)) return [];
    return context.names.limits.get(item) ?? [item];
  });
}
