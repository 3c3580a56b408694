import { scriptOf, type Script } from '../port/script.ts';
import type { Bytes } from '../port/client.ts';

/** A time that was guessed is as good as Redis's own if it is no later, and no more than so much earlier. In ms. */
export const GUESS_MS: number = 250;

/**
 * Several groups of records, each compared and set as one: all of its records are as they were read, and then all are written,
 * or none is, and the group is told how they are now.
 *
 * ARGV[1]: of each group a count u16, the time f64 that it was decided at, 0 when it was not, and until when f64 that is wanted; of each of its records the version that
 * is expected f64 (0: no such key; -1: not known), and for how long it is kept f64 (-1: it is not written, 0: as long as now). ARGV[2…]:
 * what is written, in order.
 * Answers with the time in µs f64 and a letter a group (W: as expected, and written; R: read; E: an error), then what was read, record
 * by record, or the error's text.
 */
export const COMPARE_AND_SET: Script = scriptOf(`
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local plan, at, key, arg = ARGV[1], 1, 0, 1
local letters, answer = {}, {''}
while at <= #plan do
  local count, guess, wanted
  count, guess, wanted, at = struct.unpack('<I2dd', plan, at)
  local asExpected = guess == 0 or (guess <= now and now <= wanted)
  local values, keeps, failure = {}, {}, nil
  for i = 1, count do
    local expected, keep
    expected, keep, at = struct.unpack('<dd', plan, at)
    local value = redis.pcall('GET', KEYS[key + i])
    if type(value) == 'table' then failure = value.err value = '' end
    values[i], keeps[i] = value or '', keep
    local version = 0
    if value then version = #value < 8 and -2 or struct.unpack('<d', value) end
    if version ~= expected then asExpected = false end
  end
  if not failure and asExpected then
    local written = arg
    for i = 1, count do
      if not failure and keeps[i] >= 0 then
        written = written + 1
        local done
        if keeps[i] == 0 then done = redis.pcall('SET', KEYS[key + i], ARGV[written], 'KEEPTTL')
        else done = redis.pcall('SET', KEYS[key + i], ARGV[written], 'PX', string.format('%.0f', keeps[i])) end
        if type(done) == 'table' and done.err then failure = done.err end
      end
    end
  end
  for i = 1, count do if keeps[i] >= 0 then arg = arg + 1 end end
  if failure then
    letters[#letters + 1] = 'E'
    answer[#answer + 1] = failure
  elseif asExpected then letters[#letters + 1] = 'W'
  else
    letters[#letters + 1] = 'R'
    for i = 1, count do answer[#answer + 1] = values[i] end
  end
  key = key + count
end
answer[1] = struct.pack('<d', micros) .. table.concat(letters)
return answer
`);

/** A record as it is expected to be, and what is to become of it. */
export interface Expected {
  readonly key: Bytes;
  /** 0: no such key. -1: not known, so that it is read. */
  readonly version: number;
  readonly write?: { readonly value: Buffer; readonly keepMs: number } | undefined;
}

export interface Attempt {
  /** What time the group was decided at, in Redis's ms, where that was guessed or read before; 0 when it was not decided. */
  readonly nowMs: number;
  /** Until when it is as good, and anybody waits for it. In Redis's ms. */
  readonly untilMs: number;
  readonly records: readonly Expected[];
}

/** What became of a group: undefined when it is written, or is as expected. */
export type Found = readonly (Buffer | undefined)[] | Error | undefined;

export interface Answer {
  readonly micros: number;
  readonly groups: readonly Found[];
}

export function argsOf(attempts: readonly Attempt[]): { readonly keys: Bytes[]; readonly args: Bytes[] } {
  const keys = attempts.flatMap(({ records }) => records.map(({ key }) => key));
  const plan = Buffer.alloc(attempts.length * 18 + keys.length * 16);
  const args: Bytes[] = [plan];
  let at = 0;
  for (const { nowMs, untilMs, records } of attempts) {
    at = plan.writeUInt16LE(records.length, at);
    at = plan.writeDoubleLE(nowMs, at);
    at = plan.writeDoubleLE(untilMs, at);
    for (const { version, write } of records) {
      at = plan.writeDoubleLE(version, at);
      at = plan.writeDoubleLE(write?.keepMs ?? -1, at);
      if (write !== undefined) args.push(write.value);
    }
  }
  return { keys, args };
}

/** @throws TypeError for what is no answer of the script: a proxy's, say */
export function answerOf(attempts: readonly Attempt[], reply: unknown): Answer {
  if (
    !Array.isArray(reply) ||
    !reply.every((part) => Buffer.isBuffer(part)) ||
    reply[0]!.length !== 8 + attempts.length
  )
    throw new TypeError('expected the answer of a script, got another');
  const [head, ...found] = reply as [Buffer, ...Buffer[]]; // Looked at just now.
  let next = 0;
  const groups = attempts.map(({ records }, g): Found => {
    const letter = String.fromCharCode(head[8 + g]!);
    if (letter === 'W') return undefined;
    if (letter === 'E') return new Error(found[next++]!.toString());
    return records.map(() => valueAt(found[next++]!));
  });
  return { micros: head.readDoubleLE(0), groups };
}

function valueAt(found: Buffer): Buffer | undefined {
  return found.length === 0 ? undefined : found;
}
