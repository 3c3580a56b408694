import { HeadgateError, type Op, type SyncStore } from '../core/index.ts';
import { memoryStore } from '../stores/memory/index.ts';
import { Decision } from './decision.ts';
import { compileLimits, type Compiled, type LimitSpec } from './program.ts';
import { DECIDE_WORDS, requireWords } from './words.ts';

/** Who asks: one key, or the parts that limits are `per`. */
export type Subject = string | Readonly<Record<string, string>>;

export interface GateOptions<Name extends string = string> {
  /** Limits by name. All are decided as one: either every one is charged, or none is. */
  readonly limits: Readonly<Record<Name, LimitSpec>>;
  /** Where counters are kept; default: this process's memory, which no other process shares. */
  readonly store?: SyncStore;
}

/** Units, of all limits or by name. */
export type Costs<Name extends string = string> = number | Readonly<Partial<Record<Name, number>>>;

export interface DecideOptions<Name extends string = string> {
  /** Units this request spends, of every limit, or by name (one at least; 0 where a name is missing); default 1. */
  readonly cost?: Costs<Name>;
  /** Of a trusted caller: the same id is charged once, however often it is sent within a minute. Needs `plugAll()` of `headgate/all`, or its `createGate`. */
  readonly requestId?: string;
}

export interface Gate<Name extends string = string> {
  /** Decides, and charges what it admits. @throws HeadgateError `ERR_COST`, `ERR_KEY`, `ERR_OPTION`, `ERR_REQUEST_ID_REUSED`: nothing is charged then. */
  decide(subject: Subject, options?: DecideOptions<Name>): Decision;
  /** The same answer without the charge. */
  peek(subject: Subject, options?: DecideOptions<Name>): Decision;
  /** Gives back what the request with this id was charged; false when it is not known any more. Needs `plugAll()` of `headgate/all`. */
  refund(subject: Subject, requestId: string): boolean;
  /** Empties every counter of the subject. */
  reset(subject: Subject): void;
}

/** One limit on one key: `limit('100/minute')`. */
export function limit(spec: LimitSpec, options: { readonly store?: SyncStore } = {}): Gate<'limit'> {
  requireWords(options, ['store']);
  return createGate({ limits: { limit: spec }, ...options });
}

/** Several limits, decided as one. @throws HeadgateError naming the limit that cannot be read. */
export function createGate<const Name extends string>(options: GateOptions<Name>): Gate<Name> {
  requireWords(options, ['limits', 'store']);
  return new StoreGate<Name>(compileLimits(options.limits), options.store ?? memoryStore());
}

class StoreGate<Name extends string> implements Gate<Name> {
  readonly #compiled: Compiled;
  readonly #store: SyncStore;
  readonly #ones: readonly number[];

  constructor(compiled: Compiled, store: SyncStore) {
    this.#compiled = compiled;
    this.#store = store;
    this.#ones = costsOf(compiled, 1);
  }

  decide(subject: Subject, options?: DecideOptions<Name>): Decision {
    return this.#ask('decide', subject, options);
  }

  peek(subject: Subject, options?: DecideOptions<Name>): Decision {
    return this.#ask('peek', subject, options);
  }

  refund(subject: Subject, requestId: string): boolean {
    return this.#apply('refund', subject, this.#ones, requestId).status === 'ok';
  }

  reset(subject: Subject): void {
    this.#apply('reset', subject, this.#ones, undefined);
  }

  #ask(op: Op, subject: Subject, options: DecideOptions<Name> | undefined): Decision {
    if (options !== undefined) requireWords(options, DECIDE_WORDS);
    const costs = options?.cost === undefined ? this.#ones : costsOf(this.#compiled, options.cost);
    return new Decision(this.#apply(op, subject, costs, options?.requestId), { limits: this.#compiled.limits, costs });
  }

  #apply(
    op: Op,
    subject: Subject,
    costs: readonly number[],
    requestId: string | undefined,
  ): ReturnType<SyncStore['apply']> {
    const { program } = this.#compiled;
    const keys = keysOf(this.#compiled, subject);
    // An empty id would make one request of all that have none.
    if (requestId !== undefined) requireKey('requestId', requestId);
    return this.#store.apply({ op, program, keys, costs, requestId, reservationId: undefined, losses: undefined });
  }
}

/** One cost a limit: the number that is said of all, or by name. @throws HeadgateError `ERR_COST` where a name is no limit's. */
export function costsOf({ limits }: Compiled, cost: Costs): readonly number[] {
  if (!isMap(cost)) return limits.map(() => cost as number); // What is no number either, the engine refuses.
  const names = limits.map(({ name }) => name);
  const costs = names.map(() => 0);
  // What is inherited is said as well: it must not be free.
  for (const name in cost) {
    const i = names.indexOf(name);
    if (i < 0) throw new HeadgateError('ERR_COST', `cost.${name}: expected one of ${names.join(', ')}`);
    costs[i] = cost[name]!;
  }
  return costs;
}

export function keysOf({ parts }: Compiled, subject: Subject): readonly string[] {
  return parts.map((names) => keyOf(subject, names));
}

/** Whether units are given by name. What names none could be anything, a list, a function: it must not be free. */
function isMap(cost: Costs): cost is Readonly<Record<string, number>> {
  return typeof cost === 'object' && Object.keys(cost ?? 0).length > 0;
}

/** Values of several parts are joined with their lengths, so that no two subjects meet in one key. */
function keyOf(subject: Subject, parts: readonly string[]): string {
  if (parts.length === 0) return requireKey('key', subject);
  const values = parts.map((part) => requireKey(part, typeof subject === 'object' ? subject?.[part] : undefined));
  return values.length === 1 ? values[0]! : values.map((value) => `${value.length}:${value}`).join('');
}

export function requireKey(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new HeadgateError(
    'ERR_KEY',
    `${what}: expected text that is not empty, got ${value === '' ? '""' : typeof value}`,
  );
}
