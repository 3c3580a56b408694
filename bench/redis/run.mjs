// npm run bench:redis: what a decision in Redis costs, beside our peers and beside bare scripts, in one run.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { takeBuilt } from '../lib/built.mjs';
import { machine, onCpus } from '../lib/machine.mjs';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';
import { growth, PROCESSES } from './growth.mjs';
import { emptyRedis, OTHER_CPUS, startRedis } from './server.mjs';

const options = { rounds: { type: 'string' }, quick: { type: 'boolean', default: false }, only: { type: 'string' } };
const { values } = parseArgs({ options });
const { quick, only } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 7));
const MS = quick ? 300 : 1000;

takeBuilt();
const { SUBJECTS } = await import('./subjects.mjs');
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const server = await startRedis();
process.on('exit', () => server.process.kill('SIGKILL'));

function run(name) {
  const words = [name, String(server.port), String(server.process.pid), String(MS)];
  const [first, ...rest] = onCpus(OTHER_CPUS, [process.execPath, here('subject.mjs'), ...words]);
  const { status, stdout, stderr } = spawnSync(first, rest, { encoding: 'utf8', timeout: 120_000 });
  return status === 0 ? { figures: JSON.parse(stdout) } : { error: stderr.slice(-1000) };
}

const BATCH = 'floor: batch, ioredis';
/** Who is asked by one process, two and three. */
const GROWS = 'headgate: fixed, ioredis';
const names = Object.keys(SUBJECTS).filter((name) => only === undefined || name.includes(only) || name === BATCH);
const measured = new Measured();
for (let round = 0; round < rounds; round++) {
  for (const subject of orderOf(names, [BATCH])) {
    await emptyRedis(server.port);
    const { figures = [], error } = run(subject);
    if (error !== undefined) measured.add({ round, subject }, { error });
    for (const one of figures) measured.add({ round, subject, mix: one.atOnce }, one);
  }
  if (GROWS.includes(only ?? ''))
    for (const { processes, ...figures } of await growth(GROWS, server, MS))
      measured.add({ round, subject: 'growth', mix: processes }, figures);
  process.stderr.write(`${new Date().toISOString()} redis: round ${round + 1} of ${rounds}\n`);
}

/** Decisions on units that were drawn before, which ask no Redis. */
function runLeased() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('leased.mjs'), String(quick ? 50 : 200)], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(stderr.slice(-1000));
  return Object.entries(JSON.parse(stdout));
}

const at = (subject, mix) => ({ subject, mix });
const ratio = (over, under, read) => measured.ratios(over, under, read);
const perSecond = (row) => row.perSecond;
/** What is compared with what, at which concurrency, by which figure, and how it should come out. */
const TARGETS = ['ioredis', 'node-redis']
  .flatMap((client) =>
    [64, 512]
      .flatMap((mix) => [
        [
          `${client}, ${mix}: decisions a second × union of three`,
          5,
          ratio(at(`headgate: fixed, ${client}`, mix), at(`rlf: union of three, ${client}`, mix), perSecond),
          '≥',
        ],
        [
          `${client}, ${mix}: decisions a second × one limit`,
          1.5,
          ratio(at(`headgate: fixed, ${client}`, mix), at(`rlf: one limit, ${client}`, mix), perSecond),
          '≥',
        ],
        [
          `${client}, ${mix}: Redis CPU × packed batch`,
          1.7,
          ratio(at(`headgate: fixed, ${client}`, mix), at(`floor: batch, ${client}`, mix), (row) => row.redisUs),
          '≤',
        ],
      ])
      .concat([
        [
          `${client}, 1: p50 × its own EVALSHA`,
          1.2,
          ratio(at(`headgate: fixed, ${client}`, 1), at(`floor: EVALSHA, ${client}`, 1), (row) => row.p50Us),
          '≤',
        ],
      ]),
  )
  .concat(
    only === undefined || 'leased'.includes(only)
      ? runLeased().map(([name, rows]) => [
          `leased, ${name}: ns × memory store`,
          1.5,
          rows.map(({ leasedNs, memoryNs }) => leasedNs / memoryNs),
          '≤',
        ])
      : [],
  );
const met = (figures, sign, bound) => {
  const median = summary(figures)?.median;
  return sign === '≥' ? median >= bound : median <= bound;
};

const { cpu, cpus, memoryGib, node, load } = machine();
const columns = (mix) =>
  names.map((name) => [
    name,
    ...[perSecond, (row) => row.p50Us, (row) => row.nodeUs, (row) => row.redisUs].map((read) =>
      spread(measured.values(name, read, mix)),
    ),
  ]);
process.stdout.write(
  [
    `${cpus} × ${cpu}, ${memoryGib} GiB, Node ${node}, load ${load.toFixed(1)} at the end; ${rounds} rounds; three limits unless it says one, 10⁴ keys.`,
    ...[1, 64, 512].flatMap((mix) => [
      `### ${mix} at once`,
      table(['', 'decisions a second', 'p50 µs', 'Node µs', 'Redis µs'], columns(mix)),
    ]),
    '### Processes that ask one Redis, 64 callers each',
    table(
      ['', 'decisions a second, together', 'CPUs that they keep busy', 'and Redis'],
      PROCESSES.map((mix) => [
        `${GROWS}, ${mix}`,
        ...[perSecond, (row) => row.nodeBusy, (row) => row.redisBusy].map((read) =>
          spread(measured.values('growth', read, mix)),
        ),
      ]),
    ),
    '### Targets',
    table(
      ['target', 'bound', 'figure', ''],
      TARGETS.filter(([, , figures]) => figures.length > 0).map(([what, bound, figures, sign]) => [
        what,
        `${String(sign)} ${String(bound)}`,
        spread(figures),
        met(figures, sign, bound) ? 'met' : 'MISSED',
      ]),
    ),
  ].join('\n\n') + '\n',
);
mkdirSync(here('../results/'), { recursive: true });
const file = `redis-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`;
writeFileSync(here(`../results/${file}`), `${JSON.stringify({ rows: measured.rows }, undefined, 1)}\n`);
process.exit(measured.failed ? 1 : 0);
