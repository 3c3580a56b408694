import { scriptOf, type Script } from '../port/script.ts';
import { pack } from '../records/packing.ts';
import { HOUR_MS, LEAST_MS } from '../records/lifetime.ts';
import { blockHead, numbersOf } from './amounts.ts';
import { positionOf, type FastCheck, type FastRecord } from './layout.ts';
import { fieldsOf, load, LUA, store, type Names } from './lua-checks.ts';

/*
 * A script that judges and charges many decisions of one program's shape, by position: what counters there are, and where their numbers
 * stand, is written into its text; amounts and costs come with each call.
 *
 * KEYS: each record once. ARGV[1]: four f64, the time and the calendar's time in ms (0: Redis's own), until which µs of Redis's anybody waits for
 * an answer (0: not known), and what is added to each lifetime in ms. ARGV[2]: of each decision the number of its block u16, of its keys u16, its
 * costs f64, and the phases f64 of windows that have one. ARGV[3…]: the blocks (amounts.ts).
 * Answers with the time in µs f64 and a letter a decision (A: admitted, D: denied, S: for the engine to decide), or with L alone when it came too
 * late; then of each record what its counters were before.
 */

/** A state's own fields; the counters' follow. */
const VALUE = 2;
const VERSION = 3;
const EXPIRES = 4;
const IDLE = 5;
const CHANGED = 6;
const KEEP = 7;
const FIRST = 8;

export function fastScript(records: readonly FastRecord[]): Script {
  const named = nameAll(records);
  const opens = records.map((record, r) => open(record, r, named[r]!)).join('');
  const saves = records.map((_, r) => save(r, named[r]!)).join('');
  return scriptOf(`${PRELUDE}${opens}${saves}${decisions(records, named)}${ENDING}`);
}

/** Decisions' phases: of the checks that have one, in order. */
export function phased(records: readonly FastRecord[]): FastCheck[] {
  return records.flatMap(({ checks }) =>
    checks.filter(({ check }) => check.kind === 'fixed' && check.align === 'spread'),
  );
}

interface Named {
  readonly one: FastCheck;
  readonly names: Names;
}

function nameAll(records: readonly FastRecord[]): Named[][] {
  let amount = blockHead(records.length) + 1;
  let id = 0;
  const phases = phased(records);
  return records.map(({ checks }, r) => {
    let field = FIRST;
    return checks.map((one) => {
      const phase = `p${phases.indexOf(one)}`;
      const names = { state: `s${r}`, field, cost: `c${id}`, amount, phase, id };
      field += fieldsOf(one);
      amount += numbersOf(one.check);
      id++;
      return { one, names };
    });
  });
}

const PRELUDE = `
local read, pack, sub, floor = struct.unpack, struct.pack, string.sub, math.floor
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now, wall, patience, more = read('<dddd', ARGV[1])
if patience > 0 and micros > patience then return {pack('<d', micros) .. 'L'} end
if now == 0 then now = floor(micros / 1000) wall = now end
local states, saves, answer, letters, blocks = {}, {}, {''}, {}, {}
local function zeros(count) return string.rep('\\0', count * 8) end
local function put(s, field, entry, units)
  local ring, at = s[field], entry * 8
  if units > 0 then units = units + read('<d', ring, at + 1) end
  s[field] = sub(ring, 1, at) .. pack('<d', units) .. sub(ring, at + 9)
end
local function change(s, forMs, untilMs)
  local idle = now + forMs
  if untilMs > idle then idle = untilMs end
  s[${CHANGED}] = true
  if idle > s[${IDLE}] then s[${IDLE}] = idle end
  if idle > s[${EXPIRES}] then
    local keep = idle - now
    if keep < ${LEAST_MS} then keep = keep + ${LEAST_MS} elseif keep > ${HOUR_MS} then keep = keep + ${HOUR_MS} else keep = keep * 2 end
    s[${KEEP}], s[${EXPIRES}] = keep, now + keep
  end
end
local function set(k, s, rest)
  local value = pack('<ddd', s[${VERSION}], s[${EXPIRES}], s[${IDLE}]) .. rest
  if s[${KEEP}] > 0 then redis.call('SET', KEYS[k], value, 'PX', string.format('%.0f', s[${KEEP}] + more))
  else redis.call('SET', KEYS[k], value, 'KEEPTTL') end
end
`;

/** Reads record `r` of a decision; its first field says whether it is one that this script knows how to read. */
function open({ shape, from, to }: FastRecord, r: number, named: readonly Named[]): string {
  const [start, end] = [positionOf(from), positionOf(to) - 1];
  const fresh = pack(
    { expiresAtMs: 0, idleAtMs: 0, numbers: new Float64Array(shape.stride), directory: shape.directory, ledger: '' },
    shape.tag,
  );
  return `
local save${r}
local function open${r}(k)
  local v = redis.pcall('GET', KEYS[k])
  local s${r}
  if not v then
    v = ${literal(fresh)}
    s${r} = {true, v, micros, 0, 0, false, 0}
    answer[k + 1] = ''
  elseif type(v) == 'table' or sub(v, 25, 33) ~= ${literal(fresh.subarray(24, 33))} then
    answer[k + 1] = ''
    states[k] = {false}
    return states[k]
  else
    local version, expires, idle = read('<ddd', v)
    s${r} = {true, v, version + 1, expires, idle, false, 0}
    answer[k + 1] = sub(v, ${start}, ${end})
  end
  ${named.map(({ one, names }) => load(one, `s${r}`, names.field)).join('\n  ')}
  states[k], saves[k] = s${r}, save${r}
  return s${r}
end`;
}

/** The value again, with its counters' numbers in their places. */
function save(r: number, named: readonly Named[]): string {
  const parts: string[] = [];
  let from = 25;
  for (const { one, names } of named.toSorted((a, b) => a.one.spot.at - b.one.spot.at)) {
    const at = positionOf(one.spot.at);
    parts.push(`sub(s[${VALUE}], ${from}, ${at - 1})`, store(one, 's', names.field));
    from = at + one.spot.width * 8;
  }
  parts.push(`sub(s[${VALUE}], ${from})`);
  return `
save${r} = function(k, s) set(k, s, ${parts.join(' .. ')}) end`;
}

function decisions(records: readonly FastRecord[], named: readonly Named[][]): string {
  const all = named.flat();
  const phases = phased(records).map((_, i) => `p${i}`);
  const keys = records.map((_, r) => `k${r}`);
  const told = [...all.map(({ names }) => names.cost), ...phases];
  const format = `<${'I2'.repeat(1 + keys.length)}${'d'.repeat(told.length)}`;
  const numbers = blockHead(records.length) + all.reduce((sum, { one }) => sum + numbersOf(one.check), 0);
  return `
local plan, at, count = ARGV[2], 1, 0
while at <= #plan do
  local b, ${[...keys, ...told].join(', ')}
  b, ${[...keys, ...told].join(', ')}, at = read('${format}', plan, at)
  local a = blocks[b]
  if not a then a = {read('<${'d'.repeat(numbers)}', ARGV[2 + b])} blocks[b] = a end
  ${records.map((_, r) => `local s${r} = states[k${r}] or open${r}(k${r})`).join('\n  ')}
  local letter = 'S'
  if ${records.map((_, r) => `s${r}[1]`).join(' and ')} and wall >= a[1] and wall < a[2] then
    local slow, refused = false, false${all.map(({ one, names }) => LUA[one.check.kind]!.judge(one, names)).join('')}
    if not slow then letter = refused and 'D' or 'A' end
    if letter == 'A' then${all.map(({ one, names }) => charge(one, names)).join('')}${records.map((_, r) => changed(r, named[r]!)).join('')}
    end
  end
  count = count + 1
  letters[count] = letter
end`;
}

function charge(one: FastCheck, names: Names): string {
  return `
      if ${names.cost} > 0 then${LUA[one.check.kind]!.charge(one, names)}
      end`;
}

function changed(r: number, named: readonly Named[]): string {
  if (named.length === 0) return '';
  return `
      if ${named.map(({ names }) => `${names.cost} > 0`).join(' or ')} then change(s${r}, a[${3 + 2 * r}], a[${4 + 2 * r}] + now - wall) end`;
}

const ENDING = `
for k = 1, #KEYS do if saves[k] and states[k][${CHANGED}] then saves[k](k, states[k]) end end
answer[1] = pack('<d', micros) .. table.concat(letters)
return answer
`;

/** Bytes as Lua writes them, in letters that every encoding agrees on. */
function literal(bytes: Buffer): string {
  return `'${Array.from(bytes, (byte) => `\\${byte.toString().padStart(3, '0')}`).join('')}'`;
}
