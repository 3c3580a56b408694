import { scriptOf, type Script } from '../port/script.ts';
import { HOUR_MS, LEAST_MS } from '../records/lifetime.ts';
import { blockHead, numbersOf, TOLD_HEAD_BYTES } from './amounts.ts';
import { positionOf, type FastCheck, type FastRecord } from './layout.ts';
import { localsOf, LUA, type Names } from './lua-checks.ts';
import { freshOf, literal, reads, written, type Named } from './lua-values.ts';

/*
 * A script that judges and charges many decisions of one program's shape, by position: what counters there are, and where their numbers
 * stand, is written into its text; amounts and costs come with each call.
 *
 * KEYS: each decision's records, one decision after another. ARGV[1], all of it packed: four f64, the time and the calendar's time in ms (0: Redis's
 * own), until which µs of Redis's anybody waits for an answer (0: not known), and what is added to each lifetime in ms; the number of blocks
 * u16, and the blocks (amounts.ts); then of each decision the number of its block u16, its costs f64, and the phases f64 of windows that have
 * one; of all of them alike, once. One argument is one thing less for a client to write, and for Redis to read, than three.
 * Answers with the time in µs f64 and a letter a decision (A: admitted, D: denied, S: for the engine to decide), or with L alone when it came too
 * late; then, in a list, what each key had before, nothing where it had none. Put together in one text these would be dearer: Lua takes every
 * byte of a text twice, to copy and to hash it.
 */

export function fastScript(records: readonly FastRecord[]): Script {
  const named = nameAll(records);
  return scriptOf(`${PRELUDE}${decisions(records, named)}${ENDING}`);
}

/** Decisions' phases: of the checks that have one, in order. */
export function phased(records: readonly FastRecord[]): FastCheck[] {
  return records.flatMap(({ checks }) =>
    checks.filter(({ check }) => check.kind === 'fixed' && check.align === 'spread'),
  );
}

function nameAll(records: readonly FastRecord[]): Named[][] {
  let amount = blockHead(records.length) + 1;
  let id = 0;
  const phases = phased(records);
  return records.map(({ checks }, r) =>
    checks.map((one) => {
      const numbers = Array.from({ length: localsOf(one) }, (_, i) => `n${id}_${i}`);
      const ring = positionOf(one.spot.at + numbers.length);
      const names = { numbers, cost: `c${id}`, amount, phase: `p${phases.indexOf(one)}`, value: `value${r}`, ring, id };
      amount += numbersOf(one.check);
      id++;
      return { one, names };
    }),
  );
}

const PRELUDE = `
local read, pack, sub, floor = struct.unpack, struct.pack, string.sub, math.floor
local call, try = redis.call, redis.pcall
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local plan = ARGV[1]
local now, wall, patience, more, count = read('<ddddI2', plan)
if patience > 0 and micros > patience then return {pack('<d', micros) .. 'L'} end
if now == 0 then now = floor(micros / 1000) wall = now end
local letters, blocks = {}, {}
`;

/** Reads record `r` of a decision into locals, and leaves what its counters were where its key was: that is told, and made no table for. */
function open(record: FastRecord, r: number, named: readonly Named[], fresh: Buffer): string {
  const { readBytes, toldFrom, shape } = record;
  const numbers = named.flatMap(({ names }) => names.numbers);
  const before = toldFrom === 0 ? `value${r}` : `sub(value${r}, ${toldFrom + 1})`;
  return `
  local key${r} = KEYS[first + ${r + 1}]
  local value${r} = try('GETRANGE', key${r}, '0', '${readBytes - 1}')
  local isNew${r} = value${r} == ''
  if isNew${r} then value${r} = ${literal(fresh.subarray(0, readBytes))} end
  local version${r}, expires${r}, idle${r}, layout${r}${numbers.map((number) => `, ${number}`).join('')}
  if #value${r} < ${readBytes} then isKnown = false KEYS[first + ${r + 1}] = ''
  else
    ${reads(r, named).join('\n    ')}
    if isNew${r} then version${r} = micros KEYS[first + ${r + 1}] = ''
    elseif layout${r} ~= ${shape.tag} then isKnown = false KEYS[first + ${r + 1}] = ''
    else version${r} = version${r} + 1 KEYS[first + ${r + 1}] = ${before} end
  end`;
}

/** Writes record `r` if anything was charged to it: of one that is there only what was read, in its place. */
function save({ readBytes }: FastRecord, r: number, named: readonly Named[], fresh: Buffer): string {
  if (named.length === 0) return '';
  return `
      if ${named.map(({ names }) => `${names.cost} > 0`).join(' or ')} then
        local idle, keep = now + a[${3 + 2 * r}], 0
        if a[${4 + 2 * r}] + now - wall > idle then idle = a[${4 + 2 * r}] + now - wall end
        if idle > idle${r} then idle${r} = idle end
        if idle > expires${r} then
          keep = idle - now
          if keep < ${LEAST_MS} then keep = keep + ${LEAST_MS} elseif keep > ${HOUR_MS} then keep = keep + ${HOUR_MS} else keep = keep * 2 end
          expires${r} = now + keep
        end
        local value = ${written(r, named, fresh)}
        if isNew${r} then call('SET', key${r}, value .. ${literal(fresh.subarray(readBytes))}, 'PX', string.format('%.0f', keep + more))
        else
          call('SETRANGE', key${r}, '0', value)
          if keep > 0 then call('PEXPIRE', key${r}, string.format('%.0f', keep + more)) end
        end
      end`;
}

function decisions(records: readonly FastRecord[], named: readonly Named[][]): string {
  const all = named.flat();
  const told = [...all.map(({ names }) => names.cost), ...phased(records).map((_, i) => `p${i}`)];
  const format = `<I2${'d'.repeat(told.length)}`;
  const numbers = blockHead(records.length) + all.reduce((sum, { one }) => sum + numbersOf(one.check), 0);
  const fresh = records.map(freshOf);
  return `
local block, at, a = 0, ${TOLD_HEAD_BYTES + 1} + count * ${8 * numbers}, nil
local ${told.join(', ')}
local isOne = #plan == at + ${1 + 8 * told.length}
for decision = 1, #KEYS / ${records.length} do
  if decision == 1 or not isOne then
    block, ${told.join(', ')}, at = read('${format}', plan, at)
    a = blocks[block]
    if not a then a = {read('<${'d'.repeat(numbers)}', plan, ${TOLD_HEAD_BYTES + 1} + (block - 1) * ${8 * numbers})} blocks[block] = a end
  end
  local first, isKnown, letter = (decision - 1) * ${records.length}, true, 'S'${records.map((record, r) => open(record, r, named[r]!, fresh[r]!)).join('')}
  if isKnown and wall >= a[1] and wall < a[2] then
    local slow, refused = false, false${all.map(({ one, names }) => LUA[one.check.kind]!.judge(one, names)).join('')}
    if not slow then letter = refused and 'D' or 'A' end
    if letter == 'A' then${all.map(({ one, names }) => charge(one, names)).join('')}${records.map((record, r) => save(record, r, named[r]!, fresh[r]!)).join('')}
    end
  end
  letters[decision] = letter
end`;
}

function charge(one: FastCheck, names: Names): string {
  return `
      if ${names.cost} > 0 then${LUA[one.check.kind]!.charge(one, names)}
      end`;
}

const ENDING = `
return {pack('<d', micros) .. table.concat(letters), KEYS}
`;
