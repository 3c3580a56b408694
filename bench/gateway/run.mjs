// npm run bench:gateway: what the gateway costs, beside a bare proxy, http-proxy and nginx, in one run.
/* oxlint-disable no-await-in-loop -- one after another is what is measured */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from '../lib/machine.mjs';
import { Measured, orderOf } from '../lib/rounds.mjs';
import { spread, summary, table } from '../lib/stats.mjs';
import { api, limiting } from './nginx.mjs';
import { load, requireTools, start, stop } from './processes.mjs';
import { uploads } from './uploads.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, mib: { type: 'string', default: '1024' } },
});
const rounds = Number(values.rounds);
requireTools('nginx', 'wrk', 'taskset');

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The proxy under test has a CPU of its own; the API and the load share the other. */
const [OWN, SHARED] = [0, 1];
const API_PORT = 18_310;
const PORT = 18_311;
const SECONDS = 2;
/** Long enough for what runs often to be compiled. */
const WARM_SECONDS = 3;
const SIZES = { '17 bytes': '/', '16 KiB': '/16k' };
/** 16 KiB of JSON, and what of it is read. */
const [UNREAD, BY_HEADER, BY_BODY] = ['nothing is read', 'cost by a header', 'cost by the body'];
/** What two subjects are compared by comes last for both: a process costs more while it is young. */
const BODIES = { [BY_HEADER]: '/told.json', [BY_BODY]: '/watched.json', [UNREAD]: '/plain.json' };

const node = (...words) => [process.execPath, ...words];
const cli = here('../../packages/server/dist/cli/main.js');
const serve = (policy, data = 'none') => {
  const places = ['--upstream', `http://127.0.0.1:${API_PORT}`, '--listen', `127.0.0.1:${PORT}`, '--data', data];
  return node(cli, 'serve', here(policy), ...places);
};
const HEADGATE = 'headgate: three limits, headers';
const WATCHING = 'headgate: and costs known afterwards';
/** What is reserved must outlast a restart, so that such a policy is kept in a file unless it is told otherwise. */
const FILED = 'headgate: the same, in a file';
const BARE = 'undici dispatch, by hand: no limit';
const HTTP_PROXY = 'http-proxy: no limit';
const subjects = {
  [HEADGATE]: serve('policy.yaml'),
  // In memory as the policy that it is compared with: what is asked is what watching costs.
  [WATCHING]: serve('watching.yaml'),
  [FILED]: serve('watching.yaml', join(folder, 'headgate.db')),
  [BARE]: node(here('dispatch.mjs'), String(PORT), String(API_PORT)),
  [HTTP_PROXY]: node(here('http-proxy.mjs'), String(PORT), String(API_PORT)),
  'nginx: limit_req': limiting(folder, PORT, API_PORT),
};
const mixesOf = (subject) => {
  if (subject === WATCHING || subject === FILED) return BODIES;
  return subject === HEADGATE ? { ...SIZES, [UNREAD]: BODIES[UNREAD] } : SIZES;
};

const measured = new Measured();
const upstream = await start(SHARED, api(folder, API_PORT), API_PORT);
for (let round = 0; round < rounds; round++) {
  for (const subject of orderOf(Object.keys(subjects), [])) {
    const child = await start(OWN, subjects[subject], PORT);
    for (const [mix, path] of Object.entries(mixesOf(subject))) {
      const url = `http://127.0.0.1:${PORT}${path}`;
      load(child, SHARED, url, WARM_SECONDS);
      measured.add({ round, subject, mix }, load(child, SHARED, url, SECONDS));
    }
    await stop(child);
  }
  process.stderr.write(`${new Date().toISOString()} gateway: round ${round + 1} of ${rounds}\n`);
}
await stop(upstream);
const uploaded = await uploads(rounds, Number(values.mib));

const cost = (row) => row.cpuUs;
/** Seconds a request. */
const time = (row) => 1 / row.perSecond;
const sizes = Object.keys(SIZES);
const rowsOf = (cell) =>
  Object.keys(subjects)
    .filter((subject) => subject !== WATCHING && subject !== FILED)
    .map((subject) => [subject, ...sizes.map((mix) => spread(cell(subject, mix)))]);
const target = (what, most, over, under, read) => {
  const figures = measured.ratios(over, under, read);
  return { what, most, figures, met: (summary(figures)?.median ?? Infinity) <= most };
};
const targets = [
  ...sizes.flatMap((mix) =>
    [
      [BARE, 1.25],
      [HTTP_PROXY, 0.8],
    ].map(([over, most]) =>
      target(`${mix}: × ${over}`, most, { subject: HEADGATE, mix }, { subject: over, mix }, cost),
    ),
  ),
  // A fifth of the throughput is a quarter of the time.
  ...[WATCHING, FILED].map((subject) =>
    target(
      `the body is read, × a header${subject === FILED ? ', in a file' : ''}`,
      1.25,
      { subject, mix: BY_BODY },
      { subject, mix: BY_HEADER },
      time,
    ),
  ),
  target(
    'the body is not read, × a policy that reads none',
    1.05,
    { subject: WATCHING, mix: UNREAD },
    { subject: HEADGATE, mix: UNREAD },
    time,
  ),
];
/** To the second digit, since that is what the bounds have. */
function precise(figures) {
  const { median, low, high } = summary(figures);
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

const { cpu, cpus, memoryGib, node: version, load: before } = machine();
const text = [
  `${cpus} × ${cpu}, ${memoryGib} GiB, Node ${version}, load ${before.toFixed(1)} at the start; ${rounds} rounds, 64 connections.`,
  '### µs of CPU a request',
  table(
    ['', ...sizes],
    rowsOf((subject, mix) => measured.values(subject, cost, mix)),
  ),
  '### Requests a second, on one CPU',
  table(
    ['', ...sizes],
    rowsOf((subject, mix) => measured.values(subject, (row) => row.perSecond, mix)),
  ),
  '### 16 KiB of JSON',
  table(
    ['', 'µs of CPU', 'a second'],
    [[HEADGATE, UNREAD], ...[WATCHING, FILED].flatMap((each) => Object.keys(BODIES).map((mix) => [each, mix]))].map(
      ([subject, mix]) => [
        `${subject}: ${mix}`,
        spread(measured.values(subject, cost, mix)),
        spread(measured.values(subject, (row) => row.perSecond, mix)),
      ],
    ),
  ),
  '### Targets',
  table(
    ['target', 'bound', 'figure', ''],
    targets.map(({ what, most, figures, met }) => [
      what,
      `≤ ${most.toFixed(2)}`,
      precise(figures),
      met ? 'met' : 'MISSED',
    ]),
  ),
  uploaded.text,
].join('\n\n');
mkdirSync(here('../results'), { recursive: true });
writeFileSync(
  here(`../results/gateway-${Date.now()}.json`),
  `${JSON.stringify([...measured.rows, ...uploaded.rows], undefined, 1)}\n`,
);
process.stdout.write(`${text}\n`);
process.exit(0);
