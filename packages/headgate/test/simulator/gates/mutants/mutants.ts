import type { Mutant } from '../../../mutants/mutants.ts';

const ender = 'http/holds/ender.ts';
const fate = 'http/holds/fate.ts';
const names = 'http/holds/names.ts';
const guarded = 'http/failing/guarded.ts';
const health = 'http/failing/health.ts';
const local = 'http/failing/local.ts';
const standIn = 'http/failing/stand-in.ts';

/** Small wrongs of what stands between requests and a store that may fail. */
export const GATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'what ends last takes what ended before it at what was reserved',
    file: ender,
    from: 'resolved === reservation.held',
    to: 'resolved === reservation.open',
  },
  {
    name: 'a job holds nothing once its creation is answered',
    file: fate,
    from: 'return isSuccess(status) ? named(reserved, undefined, scope) : NOTHING;\n}',
    to: 'return status === 1 ? named(reserved, undefined, scope) : NOTHING;\n}',
  },
  { name: 'a job ends all others', file: names, from: 'return `${limit} ${id}`;', to: 'return `${limit} ${id && 1}`;' },
  {
    name: 'a limit that fails closed is passed over',
    file: standIn,
    from: 'if (closed !== undefined) {',
    to: 'if (closed?.name === "none") {',
  },
  {
    name: 'a limit that fails open refuses',
    file: standIn,
    from: "failsBy(limit) === 'closed'",
    to: "failsBy(limit) !== 'local'",
  },
  {
    name: 'each gate counts all of what they share',
    file: local,
    from: 'this.#nodes === 1 ? step',
    to: 'this.#nodes > 0 ? step',
  },
  {
    name: 'requests wait longer than they may',
    file: guarded,
    from: '{ ms: deadlineMs, deadlines',
    to: '{ ms: 3 * deadlineMs, deadlines',
  },
  {
    name: 'what is owed is never paid',
    file: guarded,
    from: 'return this.#owed.pay(',
    to: 'return Promise.resolve() ?? this.#owed.pay(',
  },
  {
    name: 'what is down is never up again',
    file: health,
    from: 'this.#isDown = this.#isProbing = false;',
    to: 'this.#isProbing = false;',
  },
  {
    name: 'a probe that fails is the last',
    file: health,
    from: 'this.#isProbing = false;\n    this.#waitMs',
    to: 'this.#waitMs',
  },
];
