// npm run bench:sqlite: what a decision costs that lasts, beside a bare get and upsert, in one run.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { takeBuilt } from '../lib/built.mjs';
import { machine } from '../lib/machine.mjs';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const { quick } = values;
const rounds = Number(values.rounds ?? (quick ? 1 : 9));

const DECISIONS = { process: quick ? 20_000 : 200_000, power: quick ? 5000 : 50_000 };
const MIXES = { 'hot: 100 keys': 100, '10⁴ keys': 10_000, '10⁵ keys': 100_000 };
const RECORDS = quick ? 100_000 : 1_000_000;
const TARGETS = { process: 0.5, power: 0.4 };
const RESTART_MS = 2000;
const SUBJECTS = ['headgate', 'floor'];

takeBuilt();
const folder = mkdtempSync(join(process.env.HEADGATE_BENCH_FOLDER ?? tmpdir(), 'headgate-sqlite-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = () => join(folder, `${files++}.db`);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

function run(program, ...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [here(program), ...words.map(String)], {
    encoding: 'utf8',
  });
  return status === 0 ? JSON.parse(stdout || '{}') : { error: stderr };
}

const measured = new Measured();
const restart = new Measured();
const large = fresh();
run('restart.mjs', 'fill', RECORDS, large);
for (let round = 0; round < rounds; round++) {
  for (const durability of Object.keys(TARGETS)) {
    for (const [mix, keys] of Object.entries(MIXES)) {
      for (const name of orderOf(SUBJECTS, [])) {
        const result = run('subject.mjs', name, durability, keys, DECISIONS[durability], fresh());
        measured.add({ round, subject: `${name}, ${durability}`, mix }, result);
      }
    }
  }
  restart.add({ round, subject: 'restart' }, run('restart.mjs', 'open', 0, large));
  process.stderr.write(`${new Date().toISOString()} sqlite: round ${round + 1} of ${rounds}\n`);
}

const mixes = Object.keys(MIXES);
const rowsOf = (read) =>
  Object.keys(TARGETS).flatMap((durability) =>
    SUBJECTS.map((name) => [
      `${name}, ${durability}`,
      ...mixes.map((mix) => spread(measured.values(`${name}, ${durability}`, read, mix))),
    ]),
  );
const targets = Object.entries(TARGETS).flatMap(([durability, least]) =>
  mixes.map((mix) => {
    const [over, under] = SUBJECTS.map((name) => ({ subject: `${name}, ${durability}`, mix }));
    const figures = measured.ratios(over, under, (row) => row.perSecond);
    return [
      `${durability}, ${mix}: decisions a second × floor`,
      `≥ ${least}`,
      spread(figures),
      summary(figures)?.median >= least,
    ];
  }),
);
const restarts = restart.values('restart', (row) => row.ms);
targets.push([
  `ms to the first decision, ${RECORDS} records`,
  `≤ ${RESTART_MS}`,
  spread(restarts),
  summary(restarts)?.median <= RESTART_MS,
]);

const { cpu, cpus, memoryGib, node, load } = machine();
process.stdout.write(
  [
    `${cpus} × ${cpu}, ${memoryGib} GiB, Node ${node}, load ${load.toFixed(1)} at the end; ${rounds} rounds, 64 at once, files in ${process.env.HEADGATE_BENCH_FOLDER ?? tmpdir()}.`,
    '### Decisions a second',
    table(
      ['', ...mixes],
      rowsOf((row) => row.perSecond),
    ),
    '### µs of CPU a decision',
    table(
      ['', ...mixes],
      rowsOf((row) => row.cpuUs),
    ),
    '### Targets',
    table(
      ['target', 'bound', 'figure', ''],
      targets.map(([what, bound, figure, met]) => [what, bound, figure, met ? 'met' : 'MISSED']),
    ),
  ].join('\n\n') + '\n',
);
const results = here('../results/');
mkdirSync(results, { recursive: true });
const name = `sqlite-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`;
writeFileSync(
  join(results, name),
  `${JSON.stringify({ rows: measured.rows, restart: restart.rows, targets }, undefined, 1)}\n`,
);
if (measured.failed || restart.failed) process.exitCode = 1;
