// What a script and a client cost that do no more than they must: three limits by GCRA, packed in one value, yes or no.
import { createHash } from 'node:crypto';

const JUDGE = `
  local value = call('GET', KEYS[i])
  local one, two, three = now, now, now
  if value then one, two, three = read('<ddd', value) end
  if one < now then one = now end
  if two < now then two = now end
  if three < now then three = now end
  one = one + c1 two = two + c2 three = three + c3
  if one - now > w1 then said[i] = 1
  elseif two - now > w2 then said[i] = 2
  elseif three - now > w3 then said[i] = 3
  else
    said[i] = 0
    call('SET', KEYS[i], pack('<ddd', one, two, three), 'PX', ceil(max(one, two, three) - now))
  end`;

/** KEYS: one a decision. ARGV: what a request costs of each limit, in ms, and how many ms may be owed. Answers 0, or which refused. */
const SCRIPT = `
local call, read, pack, ceil, max = redis.call, struct.unpack, struct.pack, math.ceil, math.max
local time = call('TIME')
local now, said = time[1] * 1000 + time[2] / 1000, {}
local c1, w1, c2, w2, c3, w3 = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
for i = 1, #KEYS do${JUDGE}
end
return said`;

const WINDOW_MS = 600_000;
const AMOUNT = 1e9;
const LIMITS = [1, 2, 3].flatMap((n) => [String((n * WINDOW_MS) / AMOUNT), String(n * WINDOW_MS)]);
const SHA = createHash('sha1').update(SCRIPT).digest('hex');
const MOST = 50;

/** `eval`: how a client runs a script. */
export async function one(evaluate) {
  await evaluate.load(SCRIPT);
  return async (key) => (await evaluate.run(SHA, [`p:${key}`], LIMITS))[0] === 0;
}

/** As many decisions of one turn of the loop as one call may carry. */
export async function batched(evaluate) {
  await evaluate.load(SCRIPT);
  let waiting = [];
  function flush() {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += MOST) void send(all.slice(at, at + MOST));
  }
  async function send(batch) {
    const said = await evaluate.run(
      SHA,
      batch.map(({ key }) => `p:${key}`),
      LIMITS,
    );
    for (const [i, { resolve }] of batch.entries()) resolve(said[i] === 0);
  }
  return (key) =>
    new Promise((resolve) => {
      if (waiting.push({ key, resolve }) === 1) setImmediate(flush);
    });
}
