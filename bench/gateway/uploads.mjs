// What it costs to measure a body while it passes: one large form, with every size measured and with none.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';
import { cpuUs, start, stop } from './processes.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const API_PORT = 18_320;
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

/** One upload through a gateway that is warm: how many ms it took. */
function push(port, mib) {
  const words = ['-c', String(SHARED), process.execPath, here('push.mjs'), `http://127.0.0.1:${port}/`, String(mib)];
  return Number(execFileSync('taskset', words, { encoding: 'utf8' }));
}

/** A gateway of a policy, which has carried an eighth of what is measured. */
async function warmed(subject, port, mib) {
  const words = [here('../../packages/server/dist/cli/main.js'), 'serve', here(POLICIES[subject])];
  const at = ['--upstream', `http://127.0.0.1:${API_PORT}`, '--listen', `127.0.0.1:${port}`];
  const child = await start(OWN, [process.execPath, ...words, ...at], port);
  push(port, Math.ceil(mib / 8));
  return { subject, port, child, warmMib: peakMib(child) };
}

function carried({ port, child, warmMib }, mib) {
  const warmUs = cpuUs(child);
  const tookMs = push(port, mib);
  const cpuMs = (cpuUs(child) - warmUs) / 1000;
  return { mibPerSecond: (mib * 1000) / tookMs, cpuMs, grownMib: peakMib(child) - warmMib };
}

/**
 * Measures `rounds` times, and returns the section of the report. Both gateways of a round are up and warm before either is measured, so
 * that the two that are compared follow each other at once; the one that waits does nothing.
 */
export async function uploads(rounds, mib) {
  const measured = new Measured();
  const upstream = await start(SHARED, [process.execPath, here('sink.mjs'), String(API_PORT)], API_PORT);
  for (let round = 0; round < rounds; round++) {
    const gateways = [];
    for (const [i, subject] of orderOf(Object.keys(POLICIES), []).entries())
      gateways.push(await warmed(subject, API_PORT + 1 + i, mib));
    for (const gateway of gateways) measured.add({ round, subject: gateway.subject }, carried(gateway, mib));
    for (const { child } of gateways) await stop(child);
  }
  await stop(upstream);
  return { rows: measured.rows, text: report(measured, mib) };
}

function report(measured, mib) {
  const share = (read) => summary(measured.ratios({ subject: MEASURED }, { subject: BARE }, read)) ?? NOTHING;
  const kept = share((row) => row.mibPerSecond);
  const cpu = share((row) => 1 / row.cpuMs);
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
    `Of the throughput without, ${precise(kept)} is kept; at least ${LEAST.toFixed(2)}: ${kept.median >= LEAST ? 'met' : 'MISSED'}.`,
    `Of what a second of CPU carries, ${precise(cpu)}.`,
  ].join('\n\n');
}

const NOTHING = { median: NaN, low: NaN, high: NaN };

function precise({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
