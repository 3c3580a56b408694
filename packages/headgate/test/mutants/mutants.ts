/** A small wrong: one text of the engine, replaced. */
export interface Mutant {
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const decide = 'core/engine/decide.ts';
const all = 'core/engine/decide-all.ts';
const ledger = 'core/ledger.ts';
const leases = 'core/leases.ts';
const lifetimes = 'core/lifetimes.ts';
const reservations = 'core/engine/reservations.ts';
const requests = 'core/engine/requests.ts';
const verbs = 'core/engine/verbs.ts';
const give = 'core/engine/give.ts';
const usual = 'core/engine/usual.ts';
const holdings = 'core/engine/holdings.ts';
const holders = 'core/holders.ts';
const amend = 'core/engine/amend.ts';
const special = 'core/engine/special.ts';
const ladder = 'core/engine/ladder.ts';
const aftermath = 'core/engine/aftermath.ts';
const fixed = 'core/counters/fixed.ts';
const sliding = 'core/counters/sliding.ts';
const bucket = 'core/counters/bucket.ts';
const scaled = 'core/counters/scaled.ts';
const quota = 'core/counters/quota.ts';
const grants = 'core/counters/grants.ts';
const decay = 'core/counters/decay.ts';
const block = 'core/counters/block.ts';
const counter = 'core/counters/counter.ts';
const pointer = 'stores/memory/pointer.ts';
const table = 'stores/memory/table.ts';

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'charges before it judges',
    file: decide,
    from: 'else deny(step, bank, t, out);',
    to: 'else {\n    admit(step, bank, t, out);\n    deny(step, bank, t, out);\n  }',
  },
  {
    name: 'a denial charges',
    file: all,
    from: 'if (charging && !counter.usual)',
    to: 'if (charging && step.costs[i] !== 0 && counter.check.kind !== "size") counter.charge(t, step.costs[i]!, step.keys);\n    if (charging && !counter.usual)',
  },
  {
    name: 'attempts are not charged',
    file: special,
    from: "if (check.count !== 'attempts' || cost === 0) return;",
    to: 'return;',
  },
  {
    name: 'a peek charges',
    file: decide,
    from: 'if (judge(step, bank, t, out)) show(step, bank, t, out);',
    to: 'if (judge(step, bank, t, out)) admit(step, bank, t, out);',
  },
  {
    name: 'a replay charges again',
    file: all,
    from: 'admit(step, bank, t, out, charging && !replayed);',
    to: 'admit(step, bank, t, out, charging);',
  },
  { name: 'the last unit is refused', file: special, from: 'return need > room &&', to: 'return need >= room &&' },
  {
    name: 'of plain limits, the shortest wait binds',
    file: decide,
    from: 'if (waitMs > longestMs) {',
    to: 'if (longestMs === 0 || waitMs < longestMs) {',
  },
  {
    name: 'of plain limits, ties go to the last',
    file: decide,
    from: 'if (waitMs > longestMs) {',
    to: 'if (waitMs >= longestMs) {',
  },
  {
    name: 'one unit too many',
    file: decide,
    from: 'if (cost > room && cost !== 0) allowed = false;',
    to: 'if (cost > room + 1 && cost !== 0) allowed = false;',
  },
  {
    name: 'cost 0 is refused when nothing is left',
    file: special,
    from: "(need !== 0 || check.kind === 'block')",
    to: '(need !== 0 || room <= 0)',
  },
  {
    name: 'a shadow limit that refuses is charged',
    file: special,
    from: "return count === 'attempts';",
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
    from: 'cells[at] = cost;',
    to: 'cells[at] = cells[at]! + cost;',
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
    from: 'Math.floor((burst * scale - missing) / scale)',
    to: 'Math.ceil((burst * scale - missing) / scale)',
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
    from: 'laterUnits * scale',
    to: '0',
  },
  {
    name: 'a deficit is not rescaled',
    file: scaled,
    from: 'if (from === to || units === 0) return units;',
    to: 'if (units >= 0) return units;',
  },
  { name: 'a rescaled deficit is rounded down', file: scaled, from: '+ divisor - 1n) / divisor', to: ') / divisor' },
  {
    name: 'a bucket believes a clock that went back',
    file: bucket,
    from: 'if (elapsedMs < 0) this.row',
    to: 'if (false) this.row',
  },
  {
    name: 'a quota is not reset at its period',
    file: quota,
    from: 'isSame ? cells[at]! : 0',
    to: 'cells[at]!',
  },
  {
    name: 'a clock set back opens the period before',
    file: quota,
    from: 'return charged <= segment.periodAtMs ? segment :',
    to: 'return charged >= 0 ? segment :',
  },
  {
    name: 'an amount begins a millisecond late',
    file: counter,
    from: 'segments[i]!.fromAtMs > wall',
    to: 'segments[i]!.fromAtMs >= wall',
  },
  {
    name: 'the first wait is told',
    file: special,
    from: 'commonAtMs = Math.max(commonAtMs, opensAtMs);',
    to: 'if (commonAtMs === t.now) commonAtMs = opensAtMs;',
  },
  {
    name: 'limits that never open together are said to wait',
    file: special,
    from: 'if (commonAtMs === Infinity) return never(out);',
    to: 'if (commonAtMs === Infinity) commonAtMs = before;',
  },
  {
    name: 'the shortest wait binds',
    file: all,
    from: 'if (strength <= strongest) continue;',
    to: 'if (strength === 0 || (strongest !== 0 && strength >= strongest)) continue;',
  },
  {
    name: 'never is told a wait',
    file: all,
    from: 'wait === WAIT.never ? wait :',
    to: '',
  },
  {
    name: 'what never fits is said to wait',
    file: special,
    from: 'if (!everFits(counter, cost, t)) return WAIT.never;',
    to: '',
  },
  {
    name: 'what never fits a plain limit is said to wait',
    file: decide,
    from: 'cost > counter.segment.burst ? Infinity :',
    // A decay would look for an instant that there is not.
    to: "cost > counter.segment.burst && counter.check.kind === 'decay' ? Infinity :",
  },
  {
    name: 'ties go to the last',
    file: all,
    from: 'if (strength <= strongest) continue;',
    to: 'if (strength < strongest || strength === 0) continue;',
  },
  {
    name: 'trying lengthens a block',
    file: aftermath,
    from: "if (counters.some(({ check }, i) => check.kind === 'block' && refused(out, i))) return prolong(bank, t, out);",
    to: '',
  },
  {
    name: 'a block never escalates',
    file: block,
    from: 'const step = recurs ?',
    to: 'const step = recurs && !blockMs ?',
  },
  { name: 'a block is not forgotten', file: block, from: '&& now - cells[at]! < forgetMs', to: '' },
  {
    name: 'a cost that is not known yet is not held',
    file: reservations,
    from: '(cost !== 0 || atLeast > 0)',
    to: 'cost !== 0',
  },
  {
    name: 'a cost that is not known yet begins no window',
    file: all,
    from: 'if (reserves(counter.check, cost)) counter.charge(t, cost, keys);',
    to: '',
  },
  {
    name: 'what was charged since is given back with a bucket’s charge',
    file: reservations,
    from: "if (check.kind === 'bucket') ledger?.tally",
    to: 'if (false) ledger?.tally',
  },
  {
    name: 'what has flowed in is told to have come back',
    file: bucket,
    from: 'segment === undefined ? cells[at]! : this.deficit(t, t.now, segment)',
    to: 'cells[at]!',
  },
  {
    name: 'a row is kept no longer than its last step says',
    file: pointer,
    from: 'this.table.keep(this.row, t.now + heldMs)',
    to: 'this.table.keep(this.row, t.now + 1)',
  },
  {
    name: 'a reservation is settled twice',
    file: ledger,
    from: 'this.#alone = undefined;\n    return alone;',
    to: 'return alone;',
  },
  { name: 'of several, one is settled twice', file: leases, from: 'this.#leading.delete(id);', to: '' },
  {
    name: 'what was settled can still be cancelled',
    file: verbs,
    from: 'const lease = bank.ledgers[record]?.take(step.reservationId!);',
    to: "const lease = bank.ledgers[record]?.[step.op === 'settle' ? 'find' : 'take'](step.reservationId!);",
  },
  {
    name: 'a settlement keeps the permit',
    file: give,
    from: "step.op === 'settle' && counter?.check.kind !== 'concurrency'",
    to: "step.op === 'settle'",
  },
  {
    name: 'a lifetime that ended keeps the permit',
    file: reservations,
    from: 'ledger, entry, entry.lost, then)',
    to: 'ledger, entry, entry.units, then)',
  },
  {
    name: 'a permit is lost because a step says so',
    file: reservations,
    from: "kind === 'concurrency' ? 0 : kept",
    to: 'kept',
  },
  {
    name: 'a reservation id is taken twice',
    file: reservations,
    from: 'ledger.find(reservationId!) === undefined &&',
    to: '',
  },
  {
    name: 'a release is counted twice',
    file: give,
    from: 'const returned = amend(counter, bank.ledgers[record], entry, remains, t);',
    to: 'const returned = amend(counter, bank.ledgers[record], entry, remains, t);\n    if (remains === 0) amend(counter, bank.ledgers[record], entry, remains, t);',
  },
  {
    name: 'a part that is settled takes the rest with it',
    file: verbs,
    from: 'resolves[indexOf(bank, entry)] === true',
    to: 'resolves[indexOf(bank, entry)] !== undefined',
  },
  {
    name: 'a part that is left is counted no more',
    file: verbs,
    from: 'units: first.units - left, next: asked',
    to: 'next: asked',
  },
  {
    name: 'a clock that tells part of a millisecond is believed',
    file: 'core/time.ts',
    from: 'if (!Number.isSafeInteger(ms))',
    to: 'if (Number.isNaN(ms))',
  },
  {
    name: 'a lease is forgotten, and never ends',
    file: ledger,
    from: 'if (lease.untilMs < this.nextMs) this.nextMs = lease.untilMs;',
    to: '',
  },
  {
    name: 'of leases that end together only one is looked at',
    file: reservations,
    from: 'ledger.nextMs = lease?.untilMs ?? Infinity;',
    to: 'ledger.nextMs = Infinity;',
  },
  {
    name: 'a lease ends a millisecond late',
    file: reservations,
    from: 'lease.untilMs <= t.now; lease = ledger.first',
    to: 'lease.untilMs < t.now; lease = ledger.first',
  },
  {
    name: 'the parts of a reservation all end with the first',
    file: leases,
    from: 'else if (first !== leading) this.#leading.set(first.id, first);',
    to: 'else if (first !== leading) this.#leading.delete(leading.id);',
  },
  {
    name: 'leases end in another order',
    file: lifetimes,
    from: 'return a.untilMs < b.untilMs ||',
    to: 'return a.untilMs > b.untilMs ||',
  },
  {
    name: 'lost and returned are mixed up',
    file: reservations,
    from: "lost === 'return' ? 0 : units",
    to: "lost === 'return' ? units : 0",
  },
  {
    name: 'a settlement may go below nothing',
    file: counter,
    from: 'return sum < 0 ? 0 :',
    to: 'return',
  },
  {
    name: 'more than was reserved is settled for what was',
    file: give,
    from: '(i < 0 ? entry.units : step.costs[i]!)',
    to: '(i < 0 ? entry.units : Math.min(step.costs[i]!, entry.units))',
  },
  {
    name: 'a renewal adds to what is left',
    file: ledger,
    from: 'one.untilMs = nowMs + one.holdMs;',
    to: 'one.untilMs += one.holdMs;',
  },
  {
    name: 'a reset takes back what is still held',
    file: verbs,
    from: "if (kind !== 'quota' && kind !== 'level' && kind !== 'concurrency') return false;",
    to: 'if (kind !== undefined) return false;',
  },
  {
    name: 'the same id may mean another request',
    file: requests,
    from: 'if (known.fingerprint !== fingerprint(step)) {',
    to: 'if (false) {',
  },
  {
    name: 'callers who share a record share ids',
    file: requests,
    from: 'JSON.stringify([program.records[0]?.id, keys[0], requestId])',
    to: 'JSON.stringify([requestId, program && keys && 0])',
  },
  {
    name: 'a request id is remembered for ever',
    file: requests,
    from: 'const untilMs = t.now + REMEMBER_MS;',
    to: 'const untilMs = Infinity;',
  },
  {
    name: 'a record that holds a level is freed',
    file: table,
    from: 'for (const at of this.layout.levels) if (cells[base + at]! > 0) return;',
    to: '',
  },
  {
    name: 'a quota is freed at the end of its period',
    file: quota,
    from: 'const SET_BACK_MS = 86_400_000;',
    to: 'const SET_BACK_MS = 0;',
  },
  {
    name: 'a record that holds a charge is freed',
    file: table,
    from: 'if (this.#holds(row, now)) return;',
    to: '',
  },
  {
    name: 'a record in which something is reserved is freed',
    file: reservations,
    from: 'keep(counter, entry.lost > entry.units ? holdMs + LOST_MS : holdMs);',
    to: '',
  },
  {
    name: 'a record that knows a request is freed',
    file: requests,
    from: 'if (counter !== undefined) keep(counter, REMEMBER_MS);',
    to: '',
  },
  {
    name: 'a bucket is refunded what has flowed in since',
    file: amend,
    from: 'Math.min(0, flowedIn - units * scale)',
    to: '-units * scale',
  },
  {
    name: 'a quota gives back what an earlier period was charged',
    file: amend,
    from: 'if (atMs - t.skewMs < periodAtMs) return 0;',
    to: '',
  },
  {
    name: 'an amendment gives back what is held too',
    file: amend,
    from: 'if (holdMs > 0 || delta === 0',
    to: 'if (delta === 0',
  },
  {
    name: 'a fill is passed when it is reached',
    file: ladder,
    from: 'wouldBe <= partOf(whole, rungs[i]!.permille)',
    to: 'wouldBe < partOf(whole, rungs[i]!.permille)',
  },
  {
    name: 'the lowest fill that is passed decides',
    file: ladder,
    from: 'while (i >= 0 && wouldBe <= partOf(whole, rungs[i]!.permille)) i--;',
    to: 'while (i > 0 && wouldBe > partOf(whole, rungs[i - 1]!.permille)) i--;\n  if (wouldBe <= partOf(whole, rungs[0]!.permille)) i = -1;',
  },
  { name: 'a cost of 0 passes rungs', file: ladder, from: 'if (need === 0) return -1;', to: '' },
  {
    name: 'a wait looks for the lowest fill alone',
    file: ladder,
    from: '!refusesAt(counter, i) && entersAtMs < leavesAtMs',
    to: 'i < 0',
  },
  {
    name: 'a grace is told as left',
    file: ladder,
    from: 'Math.min(whole, partOf(whole, refusing.permille))',
    to: 'partOf(whole, refusing.permille)',
  },
  {
    name: 'what is kept for others is told as left',
    file: ladder,
    from: 'Math.min(whole, partOf(whole, refusing.permille))',
    to: 'whole',
  },
  { name: 'a shadow rung counts', file: special, from: "return does === 'shadow' ||", to: 'return' },
  {
    name: 'what counts denials is charged by admissions',
    file: special,
    from: "if (count === 'denials') return false;",
    to: '',
  },
  {
    name: 'what counts denials is given back with a request',
    file: reservations,
    from: "count === 'denials' || (",
    to: '(',
  },
  {
    name: 'what counts denials refuses by itself',
    file: special,
    from: "if (count === 'denials') return 0;",
    to: '',
  },
  {
    name: 'denials of others are counted too',
    file: aftermath,
    from: '!check.denials.some((source) => refused(out, source))',
    to: 'false',
  },
  {
    name: 'any rung sets a block',
    file: aftermath,
    from: 'out.rungs[trigger] === triggerRung',
    to: 'refused(out, trigger)',
  },
  { name: 'a block is never begun anew', file: aftermath, from: '!check.extend || ', to: '' },
  {
    name: 'of usual limits, one unit too many',
    file: usual,
    from: 'if (cost > room && cost !== 0) allowed = false;',
    to: 'if (cost > room + 1 && cost !== 0) allowed = false;',
  },
  {
    name: 'an id that is in use is taken again',
    file: all,
    from: 'if (charging) requireFree(step, bank, holdings);',
    to: '',
  },
  {
    name: 'what is packed is settled for no more than was reserved',
    file: give,
    from: "(op === 'settle' && !isPermit ? costs[i]! : 0) - units",
    to: 'Math.min(0, (op === "settle" && !isPermit ? costs[i]! : 0) - units)',
  },
  {
    name: 'a permit is settled like a cost',
    file: give,
    from: "op === 'settle' && !isPermit",
    to: "op === 'settle'",
  },
  {
    name: 'what is packed is lost, permits too',
    file: holders,
    from: 'isPermit || returns ? 0 : units',
    to: 'units',
  },
  {
    name: 'what is packed is of no period',
    file: holdings,
    from: 'quota === undefined ? 0 : quota.periodAtMs',
    to: '0 && quota',
  },
  {
    name: 'who was alone is forgotten when another comes',
    file: ledger,
    from: 'if (alone !== undefined) many.joinAll(alone);',
    to: '',
  },
  {
    name: 'of one id, what ends later is looked at first',
    file: ledger,
    from: 'if (first === undefined || endsBefore(one, first)) first = one;',
    to: 'first = one;',
  },
  {
    name: 'what ends takes the rest of its id along',
    file: ledger,
    from: 'if (leading === lease) return lease.other;',
    to: 'if (leading === lease) return undefined;',
  },
  {
    name: 'a lease is used again while it is held',
    file: holdings,
    from: 'holding.spare = charged ? undefined : lease;',
    to: 'holding.spare = lease;',
  },
  {
    name: 'what is carried is carried whole',
    file: grants,
    from: 'Math.min(cells[this.#tail]!, this.own - used)',
    to: 'this.own - used',
  },
  {
    name: 'what is carried has no end',
    file: grants,
    from: 'cells[this.#tail + 1]! <= wall || ',
    to: '',
  },
  {
    name: 'what was bought is spent before what was carried',
    file: grants,
    from: 'return sooner < 0 || (sooner === 0 && isCarried);',
    to: 'return sooner < 0 || (sooner === 0 && !isCarried);',
  },
  {
    name: 'a period that nobody asked in leaves its amount',
    file: quota,
    from: 'if (this.periodAtMs !== 0) this.grants.carry(',
    to: 'if (this.periodAtMs === 0) this.grants.carry(',
  },
  {
    name: 'what was left is not told before it is carried',
    file: quota,
    from: 'isEarlier ? grants.unused(',
    to: 'isEarlier && wall < 0 ? grants.unused(',
  },
  {
    name: 'a decay halves in two windows',
    file: decay,
    from: 'elapsedMs / windowMs);',
    to: 'elapsedMs / windowMs / 2);',
  },
  {
    name: 'a decay rounds down',
    file: decay,
    from: 'return left < 1 ? 0 : Math.ceil(left);',
    to: 'return Math.floor(left);',
  },
  {
    name: 'a decay is said to have room a millisecond late',
    file: decay,
    from: 'return atMs;',
    to: 'return atMs + 1;',
  },
  {
    name: 'a decay gives back all of a charge',
    file: decay,
    from: 'cells[at + LAST]! - atMs, this.check.windowMs',
    to: '0 * atMs, this.check.windowMs',
  },
  {
    name: 'a decay gives back what a reset has forgotten',
    file: decay,
    from: 'if (sinceMs === 0 || atMs < sinceMs) return 0;',
    to: '',
  },
];
