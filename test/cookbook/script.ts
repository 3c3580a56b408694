/** One line of a trace: time that passes, a request and what comes of it, or the answer to one that was left open. */
export type Step = Passing | Asking | Answering;

interface Line {
  /** As it is written. */
  readonly line: string;
}

export interface Passing extends Line {
  readonly is: 'time';
  readonly ms: number;
  /** Whether `ms` is an instant, and no duration. */
  readonly at: boolean;
}

export interface Asking extends Line {
  readonly is: 'request';
  readonly times: number;
  /** What passes before each but the first. */
  readonly everyMs: number;
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly from: string;
  readonly body: string | undefined;
  /** What the API says, when it is asked. */
  readonly api: Reply;
  /** The name under which the exchange is left open, once it has reached the API. */
  readonly open: string | undefined;
  readonly expects: Expectation;
}

export interface Answering extends Line {
  readonly is: 'answer';
  readonly open: string;
  readonly api: Reply;
  readonly expects: Expectation;
}

export interface Reply {
  readonly status: number;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string | undefined;
}

export interface Expectation {
  /** Undefined of an exchange that is left open. */
  readonly status: number | undefined;
  readonly checks: readonly Check[];
}

/** A field and its value (undefined: it must be absent), or what stands in the body at a JSON pointer. */
export type Check =
  | { readonly of: 'field'; readonly name: string; readonly value: string | undefined }
  | { readonly of: 'body'; readonly pointer: string; readonly value: unknown }
  | { readonly of: 'text'; readonly value: string };

/**
 * Reads a trace. A line is one of
 *
 *     at 2026-04-11T13:00:00Z
 *     +1h2m3s4ms
 *     60 x GET /path as key from 192.0.2.9 [Name: value] every 1s sends {"json": true} answered 404 [Name: value] {"json": true}
 *       -> 429 | Retry-After: 60 | no X-Other | /error/code = "slow_down"
 *     POST /jobs as key -> open a
 *     answer a 201 {"id": "j1"} -> 201
 *
 * and goes on in the next where that begins with a blank. `as` is a bearer token; `{i}` counts the times from 0; `sends 500 bytes`
 * sends so many. Where nothing says otherwise, the API answers 200, and the checks of several times are of the last.
 */
export function readTrace(trace: string): readonly Step[] {
  const lines = trace.replaceAll(/\n\s+/g, ' ').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(readLine);
}

function readLine(line: string): Step {
  if (line.startsWith('+')) return { is: 'time', line, ms: durationMs(line.slice(1)), at: false };
  if (line.startsWith('at ')) return { is: 'time', line, ms: instantMs(line.slice(3)), at: true };
  const [left, right] = halves(line, ' -> ');
  if (right === undefined) throw new Error(`expected " -> " and what comes of it, got ${line}`);
  const answer = /^answer (\w+) (.*)$/.exec(left);
  if (answer !== null)
    return { is: 'answer', line, open: answer[1] ?? '', api: replyOf(answer[2] ?? ''), expects: expectation(right) };
  return request(line, left, right);
}

function request(line: string, left: string, right: string): Asking {
  const [sent, answered = '200'] = halves(left, ' answered ');
  const [head, body] = halves(sent, ' sends ');
  const found = /^(?:(\d+) x )?([A-Z]+) (\S+)(.*)$/.exec(head);
  if (found === null) throw new Error(`expected a method and a target, got ${head}`);
  const [, times = '1', method = '', target = '', rest = ''] = found;
  const { fields, left: words } = bracketed(rest);
  const word = (name: string): string | undefined => new RegExp(`(?:^| )${name} (\\S+)`).exec(words)?.[1];
  const key = word('as');
  const every = word('every');
  if (words.replaceAll(/ ?(?:as|from|every) \S+/g, '').trim() !== '')
    throw new Error(`cannot read "${words}" in ${line}`);
  return {
    is: 'request',
    line,
    times: Number(times),
    everyMs: every === undefined ? 0 : durationMs(every),
    method,
    target,
    fields: key === undefined ? fields : [...fields, ['Authorization', `Bearer ${key}`]],
    from: word('from') ?? '192.0.2.1',
    body: bodyOf(body),
    api: replyOf(answered),
    open: /^open (\w+)$/.exec(right)?.[1],
    expects: expectation(right),
  };
}

function bodyOf(text: string | undefined): string | undefined {
  const bytes = /^(\d+) bytes$/.exec(text ?? '')?.[1];
  return bytes === undefined ? text : 'x'.repeat(Number(bytes));
}

function replyOf(text: string): Reply {
  const { fields, left } = bracketed(text);
  const [status, body] = halves(left.trim(), ' ');
  return { status: Number(status), fields, body: body?.trim() };
}

function expectation(text: string): Expectation {
  const [status = '', ...checks] = text.split(' | ');
  if (status.startsWith('open ')) return { status: undefined, checks: [] };
  if (!/^\d{3}$/.test(status)) throw new Error(`expected a status, got ${status}`);
  return { status: Number(status), checks: checks.map(checkOf) };
}

function checkOf(text: string): Check {
  if (text.startsWith('no ')) return { of: 'field', name: text.slice(3), value: undefined };
  if (text.startsWith('says ')) return { of: 'text', value: text.slice(5) };
  const [pointer, json] = halves(text, ' = ');
  if (text.startsWith('/') && json !== undefined) return { of: 'body', pointer, value: JSON.parse(json) as unknown };
  const [name, value] = halves(text, ': ');
  if (value === undefined) throw new Error(`expected a field or a pointer, got ${text}`);
  return { of: 'field', name, value };
}

/** Fields in brackets, and the rest. Brackets that JSON has begin with no name. */
function bracketed(text: string): { readonly fields: (readonly [string, string])[]; readonly left: string } {
  const FIELD = /\[([A-Za-z][\w-]*): ([^\]]*)\] ?/g;
  const fields = [...text.matchAll(FIELD)].map(([, name = '', value = '']) => [name, value] as const);
  return { fields, left: text.replaceAll(FIELD, '') };
}

function halves(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number {
  if (!/^(?:\d+(?:ms|s|m|h))+$/.test(text)) throw new Error(`expected a duration such as 1h30m, got ${text}`);
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
}

function instantMs(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`expected an instant such as 2026-04-11T13:00:00Z, got ${text}`);
  return ms;
}
