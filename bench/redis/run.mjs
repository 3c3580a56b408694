// npm run bench:redis: what a decision in Redis costs, beside our peers and beside bare scripts, in one run.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { takeBuilt } from '../lib/built.mjs';
import { machine } from '../lib/machine.mjs';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';

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

async function startRedis() {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address();
  free.close();
  await once(free, 'close');
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--loglevel',
    'warning',
  ];
  const child = spawn(process.env.HEADGATE_REDIS_SERVER ?? 'redis-server', args, { stdio: 'ignore' });
  child.on('error', (error) => {
    process.stderr.write(`bench: needs redis-server: ${error.message}\n`);
    process.exit(1);
  });
  for (let tries = 0; tries < 200 && !(await answers(port)); tries++) await sleep(20);
  return { port, process: child };
}

async function answers(port) {
  const socket = createConnection(port, '127.0.0.1');
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

function run(name) {
  const words = [name, String(server.port), String(server.process.pid), String(MS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, [here('subject.mjs'), ...words], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return status === 0 ? { figures: JSON.parse(stdout) } : { error: stderr.slice(-1000) };
}

const BATCH = 'floor: batch, ioredis';
const names = Object.keys(SUBJECTS).filter((name) => only === undefined || name.includes(only) || name === BATCH);
const measured = new Measured();
for (let round = 0; round < rounds; round++) {
  for (const subject of orderOf(names, [BATCH])) {
    const { figures = [], error } = run(subject);
    if (error !== undefined) measured.add({ round, subject }, { error });
    for (const one of figures) measured.add({ round, subject, mix: one.atOnce }, one);
  }
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
