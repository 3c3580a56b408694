// npm run bench:adapters: what a limiter adds to a request of an app, beside the peers of its framework and a bare floor.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, requireTools, start, stop } from '../gateway/processes.mjs';
import { machine } from '../lib/machine.mjs';
import { spread, summary, table } from '../lib/stats.mjs';
import { MODES, PEERS } from './apps.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);
requireTools('wrk', 'taskset');

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Servers have a CPU of their own, and only one of them is under load; the load has the other. */
const [OWN, SHARED] = [0, 1];
const FIRST_PORT = 18_330;
const SECONDS = 1;
/** Until a server has collected, as it was told to. */
const SETTLED_MS = 500;
/**
 * Rounds that are measured and not counted. While the other servers were warmed, the first ones were idle, and V8 gives back then what it had compiled and
 * the young generation that it had grown to: in its first second each pays for that anew, whatever stands in it (59 µs a request instead of 34 with one limit
 * in Express, 49 instead of 44 with the peer's).
 */
const UNCOUNTED_ROUNDS = 1;
/** Long enough for what runs often to be compiled, before the collection; and after it, for a first second costs up to twice what later ones do. */
const WARM_SECONDS = 3;

const frameworks = Object.keys(PEERS).filter((name) => values.only === undefined || values.only === name);

/** µs of CPU a request, by framework, mode and round: the mean of two loads, there and back, so that a drift of the machine cancels out. */
const measured = {};

for (const framework of frameworks) {
  const servers = {};
  for (const [i, mode] of MODES.entries()) {
    const port = FIRST_PORT + i;
    const child = await start(
      OWN,
      [process.execPath, '--expose-gc', here('server.mjs'), framework, mode, String(port)],
      port,
    );
    servers[mode] = { child, url: `http://127.0.0.1:${port}/` };
    load(child, SHARED, servers[mode].url, WARM_SECONDS);
    child.kill('SIGUSR2');
    await setTimeout(SETTLED_MS);
    load(child, SHARED, servers[mode].url, WARM_SECONDS);
  }
  measured[framework] = Object.fromEntries(MODES.map((mode) => [mode, []]));
  for (let round = -UNCOUNTED_ROUNDS; round < rounds; round++) {
    const there = MODES.map((_, i) => MODES[(i + round + UNCOUNTED_ROUNDS) % MODES.length]);
    const costs = Object.fromEntries(MODES.map((mode) => [mode, 0]));
    for (const mode of [...there, ...there.toReversed()]) {
      const { child, url } = servers[mode];
      costs[mode] += load(child, SHARED, url, SECONDS).cpuUs / 2;
    }
    const counts = round >= 0;
    if (counts) for (const mode of MODES) measured[framework][mode].push(costs[mode]);
    process.stderr.write(
      `${new Date().toISOString()} ${framework}: ${counts ? `round ${round + 1} of ${rounds}` : 'not counted'}\n`,
    );
  }
  for (const { child } of Object.values(servers)) await stop(child);
}

const added = (framework, mode) => measured[framework][mode].map((us, round) => us - measured[framework].bare[round]);
const over = (framework, mode) => {
  const theirs = added(framework, 'theirs');
  return added(framework, mode).map((us, round) => us / theirs[round]);
};

const targets = frameworks.flatMap((framework) =>
  [
    ['three', 1],
    ['one', 0.8],
  ].map(([mode, most]) => {
    const figures = over(framework, mode);
    return { what: `${framework}: ${mode} × ${PEERS[framework]}`, most, figures, met: summary(figures).median <= most };
  }),
);

const { cpu, cpus, memoryGib, node: version, load: before } = machine();
const text = [
  `${cpus} × ${cpu}, ${memoryGib} GiB, Node ${version}, load ${before.toFixed(1)} at the start; ${rounds} rounds, 64 connections.`,
  '### µs of CPU that are added to a request',
  table(
    ['', 'bare', 'Headgate, one limit', 'Headgate, three', 'the peer, one', 'a floor, one'],
    frameworks.map((framework) => [
      `${framework}: ${PEERS[framework]}`,
      spread(measured[framework].bare),
      ...['one', 'three', 'theirs', 'floor'].map((mode) => spread(added(framework, mode))),
    ]),
  ),
  '### Targets',
  table(
    ['target', 'bound', 'figure', ''],
    targets.map(({ what, most, figures, met }) => [what, `≤ ${most}`, spread(figures), met ? 'met' : 'MISSED']),
  ),
].join('\n\n');
mkdirSync(here('../results'), { recursive: true });
writeFileSync(here(`../results/adapters-${Date.now()}.json`), `${JSON.stringify(measured, undefined, 1)}\n`);
process.stdout.write(`${text}\n`);
process.exit(0);
