// What it costs to measure a body while it passes: one large form, with every size measured and with none.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';
import { cpuUs, start, stop } from './processes.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const [API_PORT, PORT] = [18_320, 18_321];
/** The proxy under test has a CPU of its own; the API and the caller share the other. */
const [OWN, SHARED] = [0, 1];
const MEASURED = 'sizes, files and their kinds measured';
const BARE = 'nothing measured';
const POLICIES = { [MEASURED]: 'uploads.yaml', [BARE]: 'policy.yaml' };
/** Least share of the throughput that is kept. */
const LEAST = 0.9;

/** The most memory that a process has had, in MiB. */
function peakMib({ pid }) {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;
}

/** One upload through a gateway that is warm. */
function push(mib) {
  const words = ['-c', String(SHARED), process.execPath, here('push.mjs'), `http://127.0.0.1:${PORT}/`, String(mib)];
  return Number(execFileSync('taskset', words, { encoding: 'utf8' }));
}

/** Measures `rounds` times, and returns the section of the report. */
export async function uploads(rounds, mib) {
  const measured = new Measured();
  const cli = here('../../packages/server/dist/cli/main.js');
  const upstream = await start(SHARED, [process.execPath, here('sink.mjs'), String(API_PORT)], API_PORT);
  for (let round = 0; round < rounds; round++) {
    for (const subject of orderOf(Object.keys(POLICIES), [])) {
      const words = [cli, 'serve', here(POLICIES[subject]), '--upstream', `http://127.0.0.1:${API_PORT}`];
      const child = await start(OWN, [process.execPath, ...words, '--listen', `127.0.0.1:${PORT}`], PORT);
      push(Math.ceil(mib / 8));
      const [warmMib, warmUs] = [peakMib(child), cpuUs(child)];
      const tookMs = push(mib);
      const cpuMs = (cpuUs(child) - warmUs) / 1000;
      measured.add(
        { round, subject },
        { mibPerSecond: (mib * 1000) / tookMs, cpuMs, grownMib: peakMib(child) - warmMib },
      );
      await stop(child);
    }
  }
  await stop(upstream);
  return { rows: measured.rows, text: report(measured, mib) };
}

function report(measured, mib) {
  const kept = measured.ratios({ subject: MEASURED }, { subject: BARE }, (row) => row.mibPerSecond);
  const { median } = summary(kept) ?? { median: Number.NaN };
  const columns = [(row) => row.mibPerSecond, (row) => row.cpuMs, (row) => row.grownMib];
  return [
    `### A form of ${mib} MiB, up`,
    table(
      ['', 'MiB a second', 'ms of CPU', 'MiB of memory, beyond those after an eighth of it'],
      Object.keys(POLICIES).map((subject) => [
        subject,
        ...columns.map((read) => spread(measured.values(subject, read))),
      ]),
    ),
    `Of the throughput without, ${median.toFixed(2)} is kept; at least ${LEAST.toFixed(2)}: ${median >= LEAST ? 'met' : 'MISSED'}.`,
  ].join('\n\n');
}
