import { scriptOf, type Script } from '../port/script.ts';
import type { Bytes } from '../port/client.ts';

/** What is to be done under a name. */
export type MemoVerb = 'put' | 'read' | 'take' | 'mark';

/** One name, and what is to be done under it; `text` is that of a `put`, `keepMs` that of a mark, too. */
export interface MemoAsked {
  readonly verb: MemoVerb;
  readonly key: Bytes;
  readonly home: string;
  readonly text: string;
  readonly keepMs: number;
}

/**
 * Several names, each by itself: one that fails is no other's business.
 *
 * ARGV: of each key the verb, the text, and for how long it is kept in ms. Answers with a letter each, and what stood there before: N, F
 * and the text, or E and an error.
 */
export const MEMOS: Script = scriptOf(`
local answers = {}
for i, key in ipairs(KEYS) do
  local verb, text, keep = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  local found = redis.pcall('GET', key)
  local done = found
  if type(found) ~= 'table' then
    if verb == 'put' then done = redis.pcall('SET', key, text, 'PX', keep)
    elseif verb == 'mark' and (not found or string.byte(found) == 64) then
      local time = redis.call('TIME')
      done = redis.pcall('SET', key, string.format('@%d%03d', time[1], math.floor(time[2] / 1000)), 'PX', keep)
    elseif verb ~= 'read' and found then done = redis.pcall('DEL', key) end
  end
  if type(done) == 'table' and done.err then answers[i] = 'E' .. done.err
  else answers[i] = found and 'F' .. found or 'N' end
end
return answers
`);

export function memoArgsOf(asked: readonly MemoAsked[]): Bytes[] {
  return asked.flatMap(({ verb, text, keepMs }) => [verb, text, String(keepMs)]);
}

/** What stood there, name by name. @throws TypeError for what is no answer of the script */
export function memoAnswersOf(reply: unknown, count: number): readonly (string | undefined | Error)[] {
  if (!Array.isArray(reply) || reply.length !== count || !reply.every((part) => Buffer.isBuffer(part)))
    throw new TypeError('expected the answer of a script, got another');
  return reply.map((part) => answerOf(part.toString()));
}

function answerOf(part: string): string | undefined | Error {
  const rest = part.slice(1);
  return part.startsWith('E') ? new Error(rest) : part.startsWith('F') ? rest : undefined;
}
