import { nextProgramId, type Program, type Step } from '../../../core/index.ts';

/** The checks of a program whose records have one home: on one shard they are a program of their own. */
export interface Part {
  readonly program: Program;
  /** Which of the whole's records these are, in order. */
  readonly records: readonly number[];
  /** Which of the whole's checks these are, in order. */
  readonly checks: readonly number[];
}

/** Ways that one program's records fell on homes, that are remembered: mostly there is one. */
const MAX_WAYS = 32;

/** Cuts programs into parts by home. */
export class Parts {
  readonly #known: WeakMap<Program, Map<string, readonly Part[]>> = new WeakMap();

  /** One part a home, in the order in which they first come; sizes, which have none, go with the first. */
  of(program: Program, homes: readonly string[]): readonly Part[] {
    const distinct = [...new Set(homes)];
    const way = homes.map((home) => distinct.indexOf(home));
    let ways = this.#known.get(program);
    if (ways === undefined) this.#known.set(program, (ways = new Map<string, readonly Part[]>()));
    const name = way.join();
    const known = ways.get(name);
    if (known !== undefined) return known;
    const parts = distinct.map((_, part) => partOf(program, way, part));
    if (ways.size >= MAX_WAYS) ways.clear();
    ways.set(name, parts);
    return parts;
  }
}

function partOf(program: Program, way: readonly number[], part: number): Part {
  const records = way.flatMap((one, r) => (one === part ? [r] : []));
  const isOwn = (record: number): boolean => (record < 0 ? part === 0 : way[record] === part);
  const checks = program.checks.flatMap(({ record }, i) => (isOwn(record) ? [i] : []));
  const own = checks.map((i) => {
    const check = program.checks[i]!;
    return {
      ...check,
      record: records.indexOf(check.record),
      trigger: checks.indexOf(check.trigger),
      denials: check.denials.flatMap((one) => (checks.includes(one) ? [checks.indexOf(one)] : [])),
    };
  });
  return {
    program: { ...program, id: nextProgramId(), records: records.map((r) => program.records[r]!), checks: own },
    records,
    checks,
  };
}

/** The step as far as a part is concerned. One request id must mean one request: what is remembered with the keys tells whole requests apart. */
export function stepOf(step: Step, { program, records, checks }: Part): Step {
  return {
    ...step,
    program,
    keys: [...records.map((r) => step.keys[r]!), ...(step.requestId === undefined ? [] : [wholeOf(step)])],
    costs: checks.map((i) => step.costs[i]!),
    requestId: idIn(step, records),
    expects: step.expects?.flatMap((one) =>
      checks.includes(one.check) ? [{ ...one, check: checks.indexOf(one.check) }] : [],
    ),
    losses: step.losses && checks.map((i) => step.losses![i]!),
    leaves: step.leaves && checks.map((i) => step.leaves![i]!),
    resolves: step.resolves && checks.map((i) => step.resolves![i]!),
  };
}

function wholeOf({ program, costs, keys }: Step): string {
  return JSON.stringify([program.checks.map(({ limitId, slot }) => [limitId, slot]), costs.map(String), keys]);
}

/** An id belongs to the first record's key: elsewhere it says so itself. */
function idIn({ program, keys, requestId }: Step, records: readonly number[]): string | undefined {
  if (requestId === undefined || records[0] === 0) return requestId;
  return JSON.stringify([program.records[0]!.id, keys[0], requestId]);
}
