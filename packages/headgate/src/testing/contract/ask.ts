import {
  checkOf,
  FOREVER,
  nextProgramId,
  segmentOf,
  type Check,
  type Field,
  type Kind,
  type Memos,
  type Op,
  type Outcome,
  type Program,
  type RecordShape,
  type Segment,
  type Step,
  type Traits,
} from '../../core/index.ts';
import type { ManualClock } from '../clock.ts';

/** A store of either sort: the suite waits for both alike. */
export interface AnyStore {
  readonly traits?: Traits;
  readonly memos?: Memos;
  apply(step: Step, deadlineMs: number): Outcome | Promise<Outcome>;
}

/** What a test says of a check; the rest is what most limits mean. */
export interface LimitSpec extends Partial<Check> {
  readonly kind: Kind;
  /** Units, for ever. */
  readonly amount?: number;
  readonly burst?: number;
}

/** A program of these limits, each record of which is of a partition of its own. */
export function programOf(...limits: readonly LimitSpec[]): Program {
  const checks = limits.map((spec, i) => checkFrom(spec, i));
  const last = Math.max(-1, ...checks.map(({ record }) => record));
  const records = Array.from({ length: last + 1 }, (_, record): RecordShape => ({
    id: 7000 + record,
    fields: fieldsOf(checks, record),
  }));
  const calendar = checks.some(({ kind, segments }) => kind === 'quota' || segments.length > 1);
  const validUntilMs = Math.min(FOREVER, ...checks.map(({ segments }) => segments.at(-1)!.untilAtMs));
  return { id: nextProgramId(), records, checks, validUntilMs, calendar };
}

function checkFrom({ amount = 0, burst, ...spec }: LimitSpec, i: number): Check {
  const { kind, windowMs = 0 } = spec;
  const segments = spec.segments ?? [segmentOf({ kind, amount, windowMs, ...(burst !== undefined && { burst }) })];
  return checkOf({ limitId: i + 1, ...(kind === 'size' && { record: -1 }), ...spec, segments });
}

function fieldsOf(checks: readonly Check[], record: number): Field[] {
  const own = checks.filter((check) => check.record === record);
  return own.map(({ limitId, kind, windowMs, slices }) => ({
    limitId,
    kind,
    windowMs,
    slices,
    slots: own.filter((one) => one.limitId === limitId).map(({ slot }) => slot),
  }));
}

/** Amounts that follow one another: `[untilAtMs, amount]`, the last one for ever when it says so. */
export function segmentsOf(
  spec: { readonly kind: Kind; readonly windowMs?: number; readonly fromAtMs: number },
  parts: readonly (readonly [number, number])[],
): Segment[] {
  const { kind, windowMs = 0 } = spec;
  return parts.map(([untilAtMs, amount], i) => {
    const fromAtMs = i === 0 ? spec.fromAtMs : parts[i - 1]![0];
    return segmentOf({
      kind,
      amount,
      windowMs,
      fromAtMs,
      untilAtMs,
      ...(kind === 'quota' && { periodAtMs: fromAtMs }),
    });
  });
}

/** What is asked beside the program; cost 1 of each limit, of the key `k`, unless said otherwise. */
export interface Question {
  readonly cost?: number;
  readonly costs?: readonly number[];
  readonly key?: string;
  readonly keys?: readonly string[];
  readonly requestId?: string;
  readonly reservationId?: string;
  readonly losses?: readonly number[];
  readonly chargedAtMs?: number;
  readonly resolves?: readonly boolean[];
  readonly leaves?: readonly number[];
  readonly grant?: Step['grant'];
  readonly expects?: Step['expects'];
}

/** No claim of the suite takes so long; stores that wait for a machine are told so. In ms. */
const DEADLINE_MS = 5000;

/** The memos of a store of either sort. */
interface KeptByName {
  /** Whether they end by the clock that the store was given, and not by one of the store's own. */
  readonly endsByClock: boolean;
  readonly put: (name: string, text: string, lifetimeMs?: number) => Promise<string | undefined>;
  readonly read: (name: string) => Promise<string | undefined>;
  readonly take: (name: string) => Promise<string | undefined>;
  /** Undefined where no two processes share the store. */
  readonly mark: ((name: string, lifetimeMs: number) => Promise<string | undefined>) | undefined;
}

/** One store on one clock, asked in few words. */
export class Asker {
  readonly clock: ManualClock;
  readonly #store: AnyStore;

  constructor(store: AnyStore, clock: ManualClock) {
    this.#store = store;
    this.clock = clock;
  }

  ask(op: Op, program: Program, question: Question = {}): Outcome | Promise<Outcome> {
    const {
      cost = 1,
      key = 'k',
      costs = program.checks.map(() => cost),
      keys = program.records.map(() => key),
      ...rest
    } = question;
    return this.#store.apply({ op, program, keys, costs, ...rest }, DEADLINE_MS);
  }

  decide(program: Program, question?: Question): Outcome | Promise<Outcome> {
    return this.ask('decide', program, question);
  }

  peek(program: Program, question?: Question): Outcome | Promise<Outcome> {
    return this.ask('peek', program, question);
  }

  /** Asks so often without waiting for an answer before all are asked. */
  atOnce<T>(times: number, ask: (i: number) => T | Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: times }, async (_, i) => ask(i)));
  }

  /** Asks so often, and says how many were let in. */
  async admitted(program: Program, times: number, question?: Question): Promise<number> {
    let admitted = 0;
    for (let i = 0; i < times; i++) {
      if ((await this.decide(program, question)).allowed) admitted++;
    }
    return admitted;
  }

  /** What is left, as told and as true: that much would be admitted, and one more would not. */
  async left(program: Program, question: Question = {}): Promise<number> {
    const told = (await this.peek(program, { ...question, cost: 0 })).figures[0]!;
    const fits = (await this.peek(program, { ...question, cost: told })).allowed;
    const more = (await this.peek(program, { ...question, cost: told + 1 })).allowed;
    truth(fits && !more, `remaining ${told}: expected that much to be admitted and no more, got ${fits}, ${more}`);
    return told;
  }

  /** The wait of a refusal, once it is proved: admitted exactly then, denied 1 ms before. Leaves the clock then. */
  async provenWait(program: Program, question?: Question): Promise<number> {
    const { allowed, retryAfterMs } = await this.peek(program, question);
    truth(!allowed && retryAfterMs > 0, `expected a refusal with a wait, got ${allowed}, ${retryAfterMs}`);
    this.clock.advance(retryAfterMs - 1);
    truth(!(await this.peek(program, question)).allowed, `expected a refusal 1 ms before ${retryAfterMs} ms`);
    this.clock.advance(1);
    truth((await this.peek(program, question)).allowed, `expected an admission after ${retryAfterMs} ms`);
    return retryAfterMs;
  }

  /** What the store keeps by name; undefined where it keeps nothing. */
  get memos(): KeptByName | undefined {
    const { memos, traits } = this.#store;
    if (memos === undefined) return undefined;
    return {
      endsByClock: traits?.clock !== 'store',
      put: async (name, text, lifetimeMs = 60_000) => memos.put(name, text, lifetimeMs, DEADLINE_MS),
      read: async (name) => memos.read(name, DEADLINE_MS),
      take: async (name) => memos.take(name, DEADLINE_MS),
      mark: memos.mark && (async (name, lifetimeMs) => memos.mark?.(name, lifetimeMs, DEADLINE_MS)),
    };
  }

  /** The code of the fault that a question is. */
  async fault(op: Op, program: Program, question?: Question): Promise<unknown> {
    try {
      await this.ask(op, program, question);
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : String(error);
    }
    return 'no fault';
  }
}

/** @throws Error when it is not so. */
export function truth(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** @throws Error when the two differ. Compared as JSON: numbers, text, lists. */
export function same(got: unknown, expected: unknown, what: string): void {
  truth(
    JSON.stringify(got) === JSON.stringify(expected),
    `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
  );
}
