import { checkOf, halves } from './checks.ts';
import { readSocketLine } from './socket-lines.ts';
import type { Asking, Expectation, Reply, Step } from './steps.ts';

/**
 * Reads a trace. A line is one of
 *
 *     at 2026-04-11T13:00:00Z
 *     +1h2m3s4ms
 *     60 x GET /path as key from 192.0.2.9 [Name: value] every 1s sends {"json": true} answered 404 [Name: value] {"json": true}
 *       -> 429 | Retry-After: 60 | no X-Other | /error/code = "slow_down"
 *     POST /jobs as key -> open a (it has reached the API), or -> held a (it has not)
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
  const onSocket = readSocketLine(line);
  if (onSocket !== undefined) return onSocket;
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
    held: /^held (\w+)$/.exec(right)?.[1],
    socket: /^socket (\w+)$/.exec(right)?.[1],
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
  if (/^(?:open|held|socket) /.test(status)) return { status: undefined, checks: [] };
  if (!/^\d{3}$/.test(status)) throw new Error(`expected a status, got ${status}`);
  return { status: Number(status), checks: checks.map(checkOf) };
}

/** Fields in brackets, and the rest. Brackets that JSON has begin with no name. */
function bracketed(text: string): { readonly fields: (readonly [string, string])[]; readonly left: string } {
  const FIELD = /\[([A-Za-z][\w-]*): ([^\]]*)\] ?/g;
  const fields = [...text.matchAll(FIELD)].map(([, name = '', value = '']) => [name, value] as const);
  return { fields, left: text.replaceAll(FIELD, '') };
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
