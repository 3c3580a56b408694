import type { Answer } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { AnswerInput, FieldsInput, RespondInput } from '../schema/respond.ts';
import { compileAnswerBody } from './body.ts';
import type { Context } from './context.ts';
import { compileFields } from './header.ts';
import { nameProblem } from '../read/names.ts';
import { retryAfterProblem } from './retry-after.ts';
import { compileTemplate } from './template.ts';

/** Answers that exist whether they are written or not, with their statuses. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ['exceeded', 429],
  ['unauthorized', 401],
  ['unidentified', 429],
  ['malformed', 400],
  ['not-found', 404],
]);
const DEFAULT_STATUS = 429;
/** RFC 9110 8.3.1, printable ASCII only. */
const MEDIA_TYPE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+(\s*;\s*[\w-]+=("[^"\\]*"|[^\s;"]+))*$/;
const ASCII = /^[\u0020-\u007e]*$/;

/** The name of an answer that a limit writes itself; the dot keeps it apart from those that are named. */
export function ownAnswer(of: 'limits' | 'require', name: string): string {
  return `${of}.${name}`;
}

/** The name of an answer that is written in a step: the place it stands at, which no other name has. */
export function placedAnswer(path: Path): string {
  return ownAnswer('limits', path.slice(1).join('.'));
}

export function answerName(
  context: Context,
  of: 'limits' | 'require',
  name: string,
  given: unknown,
  path: Path,
): string {
  if (typeof given !== 'string') return ownAnswer(of, name);
  context.isKnown('answer', given, context.names.answers, path);
  return given;
}

/** An answer as it stands somewhere in the policy. */
export interface WrittenAnswer {
  readonly name: string;
  readonly given: AnswerInput;
  readonly path: Path;
}

/** Compiles every answer: those under `respond`, those written in place, and those that exist anyway. */
export function compileAnswers(
  context: Context,
  respond: RespondInput | undefined,
  inPlace: readonly WrittenAnswer[],
): readonly Answer[] {
  const named = Object.entries(respond?.answers ?? {}).map(([name, given]) => ({
    name,
    given,
    path: ['respond', 'answers', name],
  }));
  const exceeded =
    respond?.exceeded === undefined
      ? []
      : [{ name: 'exceeded', given: respond.exceeded, path: ['respond', 'exceeded'] }];
  if (exceeded.length > 0 && named.some((answer) => answer.name === 'exceeded')) {
    context.problems.error(
      'ERR_POLICY_DUPLICATE',
      ['respond', 'answers', 'exceeded'],
      'is also written as respond.exceeded; keep one',
      { value: null },
    );
  }
  const written = [...exceeded, ...named, ...inPlace].map((answer) => compileAnswer(context, answer));
  const missing = [...STATUSES.keys()].filter((name) => !written.some((answer) => answer.name === name));
  return [...missing.map(builtIn), ...written];
}

/** Without a body: the problem document of its kind (RFC 9457) is written when it is answered, and so is `Retry-After`. */
function builtIn(name: string): Answer {
  return { name, status: STATUSES.get(name) ?? DEFAULT_STATUS, headers: [] };
}

function compileAnswer(context: Context, { name, given, path }: WrittenAnswer): Answer {
  if (given.type !== undefined && !(MEDIA_TYPE.test(given.type) && ASCII.test(given.type))) {
    context.problems.error('ERR_POLICY_HEADER', [...path, 'type'], 'expected a media type such as application/json');
  }
  const { wait, others } = waitOf(given.headers ?? {});
  const headers = compileFields(context, others, [...path, 'headers']);
  const wrong = headers.flatMap(([[first], value]) => retryAfterProblem(first, value) ?? []);
  for (const { field, rule } of wrong) context.problems.error('ERR_POLICY_HEADER', [...path, 'headers', field], rule);
  return {
    name,
    status: given.status ?? STATUSES.get(name) ?? DEFAULT_STATUS,
    ...(given.type !== undefined && { type: given.type }),
    headers,
    ...(wait === false && { retryAfter: false }),
    ...(given.body !== undefined && { body: compileAnswerBody(context, given.body, [...path, 'body']) }),
    ...(given.advisory === true && { advisory: true }),
    ...(given.drop === true && { silent: true }),
    ...(given.codes !== undefined && { codes: compileCodes(context, given.codes, [...path, 'codes']) }),
    ...(given.close !== undefined && { close: closeCode(context, given.close, [...path, 'close']) }),
    ...(given.reason !== undefined && { reason: compileTemplate(context, given.reason, [...path, 'reason']) }),
  };
}

/** Protocols by their names; what they are told is one line. */
function compileCodes(
  context: Context,
  given: Readonly<Record<string, string>>,
  path: Path,
): NonNullable<Answer['codes']> {
  return Object.entries(given).map(([protocol, text]) => {
    const at = [...path, protocol];
    const wrong = nameProblem(protocol, 'name', []);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', at, wrong, { value: null, onName: true });
    return [protocol, compileTemplate(context, text, at)] as const;
  });
}

/** RFC 6455 7.4: these are never sent, they say what was not. */
const UNSENDABLE: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

function closeCode(context: Context, code: number, path: Path): number {
  if (UNSENDABLE.has(code) || (code > 1014 && code < 3000))
    context.problems.error(
      'ERR_POLICY_RANGE',
      path,
      'expected a code that may be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999',
    );
  return code;
}

/** `Retry-After: false` is no field, but says that there is none. */
function waitOf(headers: FieldsInput): { readonly wait: false | undefined; readonly others: FieldsInput } {
  const name = Object.keys(headers).find((field) => field.toLowerCase() === 'retry-after');
  if (name === undefined || headers[name] !== false) return { wait: undefined, others: headers };
  const { [name]: _, ...others } = headers;
  return { wait: false, others };
}
