import type { Answer, Respond } from '../../profile/index.ts';
import { fieldName, fieldValue } from '../header-text.ts';
import type { Fields } from '../request.ts';
import type { Blocks } from './blocks.ts';
import { seconds } from './format.ts';
import { exceededProblem, problem, PROBLEM_TYPE } from './problem.ts';
import { compileJson, compileTemplate, type Render } from './template.ts';
import { refuses, waitMsOf, type Told } from './told.ts';

/** A whole response, less what the server adds by itself (length, date, connection). */
export interface Written {
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
}

export type WriteAnswer = (told: Told) => Written;

interface Body {
  readonly type: string;
  readonly text: (told: Told) => string;
}

/** Statuses and words of the answers that a policy need not write itself. */
const BUILT_IN: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  unauthorized: [401, 'No valid credentials were given.'],
  malformed: [400, 'The request cannot be read.'],
  unavailable: [503, 'Nobody can tell just now who is asking.'],
  'not-found': [404, 'There is no such operation.'],
  unidentified: [429, 'Too many requests from this address that nobody could be identified by.'],
  exceeded: [429, 'A limit is used up.'],
};

/**
 * Compiles a policy's answers by name. An answer without a body gets an RFC 9457 problem; `detail` stands in for one where the
 * reason is only known at run time.
 */
export function compileAnswers(respond: Respond, blocks: Blocks): (name: string, detail?: string) => WriteAnswer {
  const written = new Map(respond.answers.map((answer) => [answer.name, answer]));
  const compiled = new Map<string, WriteAnswer>();
  for (const name of [...Object.keys(BUILT_IN), ...written.keys()]) {
    compiled.set(name, compileAnswer(written.get(name) ?? builtIn(name), blocks, detailOf(name)));
  }
  return (name, detail) => {
    const body = written.get(name)?.body;
    if (detail !== undefined && body === undefined)
      return compileAnswer(written.get(name) ?? builtIn(name), blocks, detail);
    return compiled.get(name) ?? compileAnswer(builtIn(name), blocks, detailOf(name));
  };
}

function builtIn(name: string): Answer {
  return { name, status: BUILT_IN[name]?.[0] ?? 429, headers: [] };
}

function detailOf(name: string): string {
  return BUILT_IN[name]?.[1] ?? `Refused: ${name}.`;
}

function compileAnswer(answer: Answer, blocks: Blocks, detail: string): WriteAnswer {
  const headers = answer.headers.map(([name, value]) => [compileTemplate(name), compileTemplate(value)] as const);
  const saysRetryAfter = answer.headers.some(
    ([[name]]) => typeof name === 'string' && name.toLowerCase() === 'retry-after',
  );
  const body = compileBody(answer, detail);
  return (told) => {
    const fields: string[] = ['Content-Type', body.type];
    blocks.write(fields, told, 'denied');
    writeOwn(fields, headers, told);
    if (!saysRetryAfter) writeRetryAfter(fields, told);
    return { status: answer.status, fields, body: body.text(told) };
  };
}

function writeOwn(fields: string[], headers: readonly (readonly [Render, Render])[], told: Told): void {
  for (const [name, value] of headers) {
    const [field, text] = [name(told, told.reported), value(told, told.reported)];
    if (field !== undefined && text !== undefined) fields.push(fieldName(String(field)), fieldValue(String(text)));
  }
}

/** RFC 9110 10.2.3: whole seconds. A request that no wait helps gets none. */
function writeRetryAfter(fields: string[], told: Told): void {
  const retryAfter = retryAfterOf(told);
  if (retryAfter !== undefined) fields.push('Retry-After', String(retryAfter));
}

function retryAfterOf(told: Told): number | undefined {
  const waitMs = told.denied ? waitMsOf(told) : undefined;
  return waitMs === undefined ? undefined : seconds(waitMs);
}

function compileBody({ body, type, status }: Answer, detail: string): Body {
  if (body === undefined) return { type: type ?? PROBLEM_TYPE, text: (told) => defaultBody(status, told, detail) };
  if (body.is === 'text') {
    const render = compileTemplate(body.template);
    return { type: type ?? 'text/plain; charset=utf-8', text: (told) => String(render(told, told.reported) ?? '') };
  }
  const json = compileJson(body);
  return { type: type ?? 'application/json; charset=utf-8', text: (told) => JSON.stringify(json(told, told.reported)) };
}

function defaultBody(status: number, told: Told, detail: string): string {
  if (told.reported < 0) return problem(status, detail);
  const violated = told.limits.filter((_, i) => refuses(told, i)).map((limit) => limit.name);
  return exceededProblem(status, told, violated, retryAfterOf(told));
}
