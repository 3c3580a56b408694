import { SILENCE, type Answer, type Respond } from '../../profile/index.ts';
import type { Fields } from '../request.ts';
import type { Blocks } from './blocks.ts';
import { compileBody } from './body.ts';
import { compileField } from './fields.ts';
import { capacityProblem, exceededProblem, problem, PROBLEM_TYPE, type Members } from './problem.ts';
import { retryAfterOf, settleRetryAfter } from './retry-after.ts';
import { compileTemplate } from './template.ts';
import type { Told } from './told.ts';

/** A whole response, less what the server adds by itself (length, date, connection). */
export interface Written {
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
  /** The connection is closed instead; the rest is for platforms that cannot do that. */
  readonly silent?: true;
  /** The same in other protocols, by their names; undefined where the policy has none. */
  readonly codes?: Readonly<Record<string, string>> | undefined;
  /** How a web socket ends that this is said on; undefined: it stays. */
  readonly close?: Close | undefined;
}

/** RFC 6455 5.5.1: a code, and words of at most 123 bytes. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Writes an answer; `detail` says why, where that is only known at run time and the policy has no words of its own. */
export type WriteAnswer = (told: Told, detail?: string) => Written;

/** Statuses and words of the answers that a policy need not write itself. */
const BUILT_IN: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  unauthorized: [401, 'No valid credentials were given.'],
  malformed: [400, 'The request cannot be read.'],
  unavailable: [503, 'Nobody can tell just now who is asking.'],
  undecided: [503, 'Nobody can tell just now how the limits stand.'],
  'not-found': [404, 'There is no such operation.'],
  unidentified: [429, 'Too many requests from this address that nobody could be identified by.'],
  exceeded: [429, 'This is not part of what the caller may use.'],
};
/** Answers to requests that reached no limit: who gets them needs no higher one. */
const UNLIMITED: ReadonlySet<string> = new Set(['unauthorized', 'malformed', 'not-found']);
/** RFC 9110 15.3.5, 15.3.6 and 15.4.5: these have no content. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Compiles a policy's answers by name. An answer without a body gets an RFC 9457 problem. */
export function compileAnswers(respond: Respond, blocks: Blocks): (name: string) => WriteAnswer {
  const written = new Map(respond.answers.map((answer) => [answer.name, answer]));
  const compiled = new Map<string, WriteAnswer>();
  for (const name of new Set([...Object.keys(BUILT_IN), ...written.keys()])) {
    const help = UNLIMITED.has(name) ? undefined : respond.help;
    compiled.set(name, compileAnswer(written.get(name) ?? builtIn(name), blocks, help));
  }
  return (name) => compiled.get(name) ?? compileAnswer(builtIn(name), blocks, respond.help);
}

function builtIn(name: string): Answer {
  const answer = { name, status: BUILT_IN[name]?.[0] ?? 429, headers: [] };
  return name === SILENCE ? { ...answer, status: 403, silent: true } : answer;
}

function compileAnswer(answer: Answer, blocks: Blocks, help: string | undefined): WriteAnswer {
  const { status } = answer;
  if (answer.silent === true) return () => ({ status, fields: [], body: '', silent: true });
  const headers = answer.headers.map(compileField);
  const write = BODILESS.has(status) ? undefined : writerOf(answer, help);
  const closing = compileClose(answer);
  const coding = compileCodes(answer);
  return (told, detail) => {
    const { reported } = told;
    const { type, text } = write?.(told, detail) ?? { type: undefined, text: '' };
    const fields = type === undefined ? [] : ['Content-Type', type];
    blocks.write(fields, told, 'denied', status);
    for (const { name, value } of headers) {
      const [field, said] = [name(told, reported, status), value(told, reported, status)];
      if (field !== undefined && said !== undefined) fields.push(field, said);
    }
    settleRetryAfter(fields, told, answer);
    // RFC 8288 3: a relation of the registry. The target was checked when it was written.
    if (help !== undefined) fields.push('Link', `<${help}>; rel="help"`);
    if (closing === undefined && coding === undefined) return { status, fields, body: text };
    return { status, fields, body: text, close: closing?.(told), codes: coding?.(told) };
  };
}

/** Bytes of the words that a web socket ends with: a control frame has 125, and two of them are the code (RFC 6455 5.5). */
const MAX_REASON = 123;

function compileClose({ close: code, reason, status }: Answer): ((told: Told) => Close) | undefined {
  if (code === undefined) return undefined;
  const render = compileTemplate(reason ?? []);
  return (told) => ({ code, reason: cutTo(String(render(told, told.reported, status) ?? ''), MAX_REASON) });
}

/** Bytes of a reply's line, less its end (RFC 5321 4.5.3.1.5). */
const MAX_LINE = 510;

/** One line each: what a caller has named must not be a second one. */
function compileCodes({ codes, status }: Answer): ((told: Told) => Readonly<Record<string, string>>) | undefined {
  if (codes === undefined) return undefined;
  const compiled = codes.map(([protocol, template]) => [protocol, compileTemplate(template)] as const);
  return (told) =>
    Object.fromEntries(
      compiled.map(([protocol, render]) => [protocol, oneLine(String(render(told, told.reported, status) ?? ''))]),
    );
}

function oneLine(text: string): string {
  return cutTo(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), MAX_LINE);
}

/** The most of a text that is UTF-8 of so many bytes. */
function cutTo(text: string, maxBytes: number): string {
  const bytes = new Uint8Array(maxBytes);
  return text.slice(0, new TextEncoder().encodeInto(text, bytes).read);
}

type WriteBody = (told: Told, detail?: string) => { readonly type: string; readonly text: string };

function writerOf({ name, status, type, body }: Answer, help: string | undefined): WriteBody {
  if (body !== undefined) return compileBody(body, status, type);
  const members: Members = help === undefined ? {} : { help };
  const plain = name === 'undecided' ? capacityProblem : problem;
  const usual = BUILT_IN[name]?.[1] ?? `Refused: ${name}.`;
  return (told, detail = usual) => ({
    type: type ?? PROBLEM_TYPE,
    text:
      told.reported < 0 ? plain(status, detail, members) : exceededProblem(status, told, retryAfterOf(told), members),
  });
}
