/** A small wrong: one text of the engine, replaced. */
export interface Mutant {
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const decide = 'core/engine/decide.ts';
const deny = 'core/engine/deny.ts';
const ledger = 'core/engine/ledger.ts';
const verbs = 'core/engine/verbs.ts';
const special = 'core/engine/special.ts';
const fixed = 'core/counters/fixed.ts';
const sliding = 'core/counters/sliding.ts';
const bucket = 'core/counters/bucket.ts';
const quota = 'core/counters/quota.ts';
const block = 'core/counters/block.ts';
const counter = 'core/counters/counter.ts';
const memory = 'stores/memory/bank.ts';
const table = 'stores/memory/table.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'charges before it judges',
    file: decide,
    from: 'if (!judge(step, bank, t, out) && !replayed) return deny',
    to: 'if (!judge(step, bank, t, out) && !replayed) admit(step, bank, t, out, charging);\n  if (!out.allowed) return deny',
  },
  {
    name: 'a denial charges',
    file: deny,
    from: 'if (charging && !counter.idle)',
    to: 'if (charging && cost !== 0 && counter.check.kind !== "size") counter.charge(t, cost, step.keys);\n    if (charging && !counter.idle)',
  },
  {
    name: 'attempts are not charged',
    file: special,
    from: "if (check.count === 'attempts' && cost !== 0) {",
    to: 'if (false) {',
  },
  {
    name: 'a peek charges',
    file: decide,
    from: 'const charges = charging && !replayed;',
    to: 'const charges = !replayed;',
  },
  {
    name: 'a replay charges again',
    file: decide,
    from: 'const charges = charging && !replayed;',
    to: 'const charges = charging;',
  },
  { name: 'the last unit is refused', file: special, from: 'return need > room &&', to: 'return need >= room &&' },
  {
    name: 'one unit too many',
    file: decide,
    from: 'counter.plain ? cost > room &&',
    to: 'counter.plain ? cost > room + 1 &&',
  },
  {
    name: 'cost 0 is refused when nothing is left',
    file: special,
    from: "(need !== 0 || kind === 'block')",
    to: '(need !== 0 || room <= 0)',
  },
  {
    name: 'a shadow limit that refuses is charged',
    file: special,
    from: "return counter.check.count === 'attempts';",
    to: 'return true;',
  },
  {
    name: 'a fixed window lasts a millisecond longer',
    file: fixed,
    from: 'if (now >= endAtMs) return this.segment.burst;',
    to: 'if (now > endAtMs) return this.segment.burst;',
  },
  {
    name: 'a fixed window forgets to begin anew',
    file: fixed,
    from: 'cells[at] = fresh ? cost : total(cells[at]!, cost);',
    to: 'cells[at] = total(cells[at]!, cost);',
  },
  {
    name: 'a fixed window believes a clock that went back',
    file: fixed,
    from: 'if (endAtMs - now > this.check.windowMs) cells[at + 1] = now + this.check.windowMs;',
    to: '',
  },
  { name: 'a refund reaches into a later window', file: fixed, from: 'atMs >= this.beganAt(endAtMs)', to: 'true' },
  {
    name: 'a gap forgets where it began',
    file: fixed,
    from: 'if (t.now >= cells[endAt]!) cells[endAt + 1] = t.now;',
    to: 'cells[endAt + 1] = t.now;',
  },
  {
    name: 'a slice is released early',
    file: sliding,
    from: 'return Math.floor((now - this.check.windowMs + 1) / this.#sliceMs);',
    to: 'return Math.ceil((now - this.check.windowMs + 1) / this.#sliceMs);',
  },
  {
    name: 'a slice is said to leave late',
    file: sliding,
    from: 'this.check.windowMs - 1;',
    to: 'this.check.windowMs;',
  },
  {
    name: 'a slice that left is not zeroed',
    file: sliding,
    from: 'this.#add(slice, -cells[this.#entry(slice)]!);',
    to: 'cells[at + SUM]! -= cells[this.#entry(slice)]!;',
  },
  {
    name: 'a sliding window believes a clock that went back',
    file: sliding,
    from: 'if (cells[at + HEAD]! > current) this.#pullBack(current);',
    to: '',
  },
  {
    name: 'a bucket rounds for the caller',
    file: bucket,
    from: 'Math.ceil(this.#deficit(t, t.now, segment) / segment.scale)',
    to: 'Math.floor(this.#deficit(t, t.now, segment) / segment.scale)',
  },
  {
    name: 'a bucket’s wait is rounded down',
    file: bucket,
    from: 'from + Math.ceil(excess / segment.refill)',
    to: 'from + Math.floor(excess / segment.refill)',
  },
  {
    name: 'a bucket gives back what has flowed in already',
    file: bucket,
    from: '(cells[at + CHARGED]! - chargedUnits) * scale',
    to: '0',
  },
  {
    name: 'a deficit is not rescaled',
    file: bucket,
    from: 'if (from === to || deficit === 0) return deficit;',
    to: 'if (deficit >= 0) return deficit;',
  },
  { name: 'a rescaled deficit is rounded down', file: bucket, from: '+ divisor - 1n) / divisor', to: ') / divisor' },
  {
    name: 'a bucket believes a clock that went back',
    file: bucket,
    from: 'if (cells[lastAt]! > t.now) cells[lastAt] = t.now;',
    to: '',
  },
  {
    name: 'a quota is not reset at its period',
    file: quota,
    from: 'return this.row.cells[this.row.base + this.offset + PERIOD] === held.periodAtMs',
    to: 'return held !== undefined',
  },
  {
    name: 'a clock set back opens the period before',
    file: quota,
    from: 'if (charged <= segment.periodAtMs) return segment;',
    to: 'if (charged >= 0) return segment;',
  },
  {
    name: 'an amount begins a millisecond late',
    file: counter,
    from: 'if (segment.fromAtMs <= wall)',
    to: 'if (segment.fromAtMs < wall)',
  },
  {
    name: 'the first wait is told',
    file: special,
    from: 'if (opensAtMs !== Infinity) commonAtMs = opensAtMs;',
    to: 'if (commonAtMs === t.now && opensAtMs !== Infinity) commonAtMs = opensAtMs;',
  },
  {
    name: 'the shortest wait binds',
    file: deny,
    from: 'if (strength > strongest) {',
    to: 'if (strength > 0 && (strongest === 0 || strength < strongest)) {',
  },
  {
    name: 'never is told a wait',
    file: deny,
    from: 'bank.plain || wait === WAIT.never ? wait',
    to: 'bank.plain ? wait',
  },
  {
    name: 'what never fits is said to wait',
    file: special,
    from: 'if (!everFits(check, cost, t)) return WAIT.never;',
    to: '',
  },
  {
    name: 'what never fits a plain limit is said to wait',
    file: deny,
    from: 'cost > counter.segment.burst ? WAIT.never :',
    to: '',
  },
  {
    name: 'ties go to the last',
    file: deny,
    from: 'if (strength > strongest) {',
    to: 'if (strength >= strongest && strength > 0) {',
  },
  {
    name: 'trying lengthens a block',
    file: special,
    from: 'waits[i] !== WAIT.admits || !isTriggered',
    to: '!isTriggered',
  },
  {
    name: 'a block never escalates',
    file: block,
    from: 'const step = recurs ?',
    to: 'const step = recurs && !check ?',
  },
  { name: 'a block is not forgotten', file: block, from: '&& now - cells[at]! < check.forgetMs', to: '' },
  { name: 'a reservation is settled twice', file: verbs, from: 'ids!.delete(name);', to: '' },
  {
    name: 'a settlement keeps the permit',
    file: verbs,
    from: "step.op === 'settle' && !permit ? used : 0",
    to: "step.op === 'settle' ? used : 0",
  },
  {
    name: 'a lifetime that ended keeps the permit',
    file: ledger,
    from: 'amend(bank, record, entry, entry.lost,',
    to: 'amend(bank, record, entry, entry.units,',
  },
  {
    name: 'a permit is lost because a step says so',
    file: ledger,
    from: "kind === 'concurrency' ? 0 : kept",
    to: 'kept',
  },
  { name: 'a reservation id is taken twice', file: ledger, from: '!entries?.has(reservationName(step)) &&', to: '' },
  {
    name: 'the same id may mean another request',
    file: ledger,
    from: 'if (known.fingerprint !== fingerprint(step)) {',
    to: 'if (false) {',
  },
  {
    name: 'callers who share a record share ids',
    file: ledger,
    from: 'JSON.stringify([program.records[0]?.id, keys[0], requestId])',
    to: 'JSON.stringify([requestId, program && keys && 0])',
  },
  {
    name: 'a request id is remembered for ever',
    file: ledger,
    from: 'untilMs: t.now + REMEMBER_MS,',
    to: 'untilMs: Infinity,',
  },
  {
    name: 'a record that holds a level is freed',
    file: table,
    from: 'for (const at of this.layout.levels) if (cells[base + at]! > 0) return;',
    to: '',
  },
  {
    name: 'a quota is freed at the end of its period',
    file: memory,
    from: 'resetInMs + this.#slackMs[checks[k]!]!',
    to: 'resetInMs',
  },
  {
    name: 'a record that holds a charge is freed',
    file: table,
    from: 'if (cells[base + IDLE_AT]! > now) return;',
    to: '',
  },
];
