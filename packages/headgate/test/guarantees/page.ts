import { ALGORITHMS, FAILURES, type Algorithm, type Claim, type Failure, type Store } from './claims.ts';
import { MEMORY } from './memory.ts';
import { REDIS_LEASED } from './leases.ts';
import { REDIS, REDIS_CLUSTER } from './redis.ts';
import { SQLITE_POWER, SQLITE_PROCESS } from './sqlite.ts';

/** The columns of the page, in their order. */
export const STORES: readonly Store[] = [MEMORY, SQLITE_PROCESS, SQLITE_POWER, REDIS, REDIS_CLUSTER, REDIS_LEASED];

const HEAD = `# Guarantees

Written by \`npm run docs\` from \`packages/headgate/test/guarantees\`. For each store, each algorithm and each failure: the most that is let in beyond
the limit, and the test that fails where it is not so. "None more" means: not one unit beyond what is let in where nothing fails.

Two things hold in every cell. What a store cannot do is a fault, and never an admission. And what a [simulator](decisions/0801-a-simulator.md) makes
fail, thousands of times, all at once and in any order, leaves every answer what the model of the promises says, with one exception: a charge that a reset or
the end of a process has made a store forget can still be amended in a window on the clock, which gives back what was charged since.
`;

/** The one claim of a cell. @throws Error where there is none, or more than one */
export function claimOf(store: Store, failure: Failure, algorithm: Algorithm): Claim {
  const claims = store.claims[failure].filter(({ of }) => of.includes(algorithm));
  const [only] = claims;
  if (only === undefined || claims.length > 1)
    throw new Error(`${store.name}, ${failure}, ${algorithm}: expected one claim, got ${claims.length}`);
  return only;
}

/** The page, as it is to stand in docs. */
export function guaranteesPage(): string {
  const failures = Object.keys(FAILURES) as Failure[]; // Its own keys.
  const rows = failures.flatMap((failure) => groupsOf(failure).map((algorithms) => rowOf(failure, algorithms)));
  const head = ['failure', 'algorithm', ...STORES.map(({ name }) => name)];
  return `${HEAD}\n${[row(head), row(head.map(() => '---')), ...rows].join('\n')}\n`;
}

type Group = readonly [Algorithm, ...Algorithm[]];

/** Algorithms of which every store promises the same stand in one row. */
function groupsOf(failure: Failure): Group[] {
  const cells = (algorithm: Algorithm): string =>
    STORES.map((store) => cell(claimOf(store, failure, algorithm))).join('|');
  return [...Map.groupBy(ALGORITHMS, cells).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

function rowOf(failure: Failure, algorithms: Group): string {
  const [first] = algorithms;
  const cells = STORES.map((store) => cell(claimOf(store, failure, first)));
  return row([FAILURES[failure], algorithms.join(', '), ...cells]);
}

function cell({ bound, test }: Claim): string {
  return `${bound}<br>_${told(test)}_`;
}

/** Parts that each case of a test fills in are left open. */
function told(test: string): string {
  return (test.endsWith(' in') ? `${test} …` : test).replace('%s', '…').replace('$kind', 'rate');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
