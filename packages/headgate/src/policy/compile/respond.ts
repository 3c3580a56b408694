import type { HeaderBlock, Respond } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { HeadersInput, RespondInput } from '../schema/respond.ts';
import { compileAnswers, type WrittenAnswer } from './answers.ts';
import type { Context } from './context.ts';
import { compileFields, compileFieldValue, fieldNameProblem } from './header.ts';
import { listOf } from './lists.ts';
import { compileMarked, compileMerges } from './merge.ts';
import { compileScope } from './scope.ts';
import { compileTold } from './told.ts';

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
    merge: compileMerges(context, respond, (of, path) => compileOf(context, of, path)),
    ...(respond?.help !== undefined && { help: compileHelp(context, respond.help) }),
    expose: respond?.expose ?? false,
  };
}

/** RFC 3986, of the schemes that a person can follow: nothing in it can end the link that it stands in. */
const LINK =
  /^(?:https?:\/\/[A-Za-z0-9]|mailto:[A-Za-z0-9])(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,500}$/;

function compileHelp(context: Context, help: string): string {
  if (!LINK.test(help)) {
    const rule = 'expected an address such as "https://api.example/limits" or "mailto:limits@api.example"';
    context.problems.error('ERR_POLICY_HEADER', ['respond', 'help'], rule);
  }
  return help;
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
      when: compileTold(context, given.when, [...path, 'when'], { expect: 'bool' }),
    }),
    ...compileMarked(context, given.marked, [...path, 'marked']),
    ...(dialect !== undefined && { dialect }),
    ...(prefix !== undefined && { prefix }),
    ...(policy !== undefined && { policy: compileFieldValue(context, policy, [...path, 'policy']) }),
    reset: given.reset ?? (dialect === undefined || dialect === 'x-ratelimit' ? 'epoch' : 'delta'),
    used: given.used ?? false,
    ...(given.denied !== undefined && { denied: given.denied }),
    ...(given.partition === true && { partition: true }),
    fields: compileFields(context, fields ?? {}, [...path, 'fields']),
    join: given.join ?? ', ',
    each: given.each ?? false,
  };
}

/** Words that would be left unread by some dialects. */
const BELONGS: readonly (readonly [
  word: 'reset' | 'used' | 'partition',
  to: string,
  holds: (dialect: HeaderBlock['dialect'], given: HeadersInput) => boolean,
])[] = [
  [
    'reset',
    'x-ratelimit; the IETF dialects count seconds from now',
    (dialect, { reset }) => dialect === 'x-ratelimit' || reset === 'delta',
  ],
  ['used', 'a dialect of one field a figure', (dialect) => dialect !== 'draft-07' && dialect !== 'ratelimit'],
  ['partition', 'the dialect "ratelimit"', (dialect) => dialect === 'ratelimit'],
];

function checkBlock(context: Context, given: HeadersInput, path: Path): void {
  const { dialect, prefix, fields, join } = given;
  for (const [word, to, holds] of BELONGS) {
    if (dialect !== undefined && given[word] !== undefined && !holds(dialect, given))
      context.problems.error('ERR_POLICY_WORD', [...path, word], `belongs to ${to}`, { value: null, onName: true });
  }
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
