// npm run bench:before: what a decision costs today, beside what it cost at an earlier commit, in turns.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { takeBuilt } from './lib/built.mjs';
import { measure } from './lib/child.mjs';
import { machine, pinnedCpu } from './lib/machine.mjs';
import { Measured, orderOf } from './lib/rounds.mjs';
import { spread, summary, table } from './lib/stats.mjs';

takeBuilt();
// These load the copy.
const { FIXED, GATE, VETIGEN } = await import('./subjects/index.mjs');

/** The last commit before ladders, schedules, delays and events. */
const LADDERLESS = '2faf4e92e103d36d2f11cf63743b754225c1bdbe';
const MIXES = ['hot', 'hot, all refuse', 'zipf'];
/** A gate is more code than a store, and takes longer until it is compiled. */
const SIZE = { warmMs: 1500, ms: 500 };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    commit: { type: 'string', default: LADDERLESS },
    subject: { type: 'string', multiple: true, default: [FIXED, VETIGEN, GATE] },
  },
});
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'headgate-before-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(command, words, cwd) {
  const { status, error, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench: ${command} ${words.join(' ')}: ${error ?? stderr}`);
}

/** The library as it was at a commit, built by the compiler of today. */
function buildOf(commit) {
  const tree = join(folder, 'tree');
  run('git', ['clone', '--quiet', '--shared', '--no-checkout', root, tree], folder);
  run('git', ['checkout', '--quiet', commit], tree);
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  run(join(root, 'node_modules/.bin/tsc'), ['-b', 'packages/headgate'], tree);
  return join(tree, 'packages/headgate/dist');
}

const built = { before: pathToFileURL(buildOf(values.commit)).href, today: new URL('built', import.meta.url).href };
const [cpu, rounds, measured] = [pinnedCpu(), Number(values.rounds), new Measured()];
for (let round = 0; round < rounds; round++) {
  for (const subject of values.subject)
    for (const mix of MIXES)
      for (const when of orderOf(Object.keys(built), [])) {
        const result = measure('cost', { subject, mix, ...SIZE }, { cpu, built: built[when] });
        measured.add({ round, subject: `${subject}, ${when}`, mix }, result);
      }
  process.stderr.write(`${new Date().toISOString()} before: round ${round + 1} of ${rounds}\n`);
}

/** To the second digit: a few hundredths are what is looked for. */
function precise(figures) {
  const { median, low, high } = summary(figures) ?? { median: NaN, low: NaN, high: NaN };
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}
const ns = (row) => row.ns;
const least = (figures) => Math.min(...figures).toFixed(0);
const rows = values.subject.flatMap((subject) =>
  MIXES.map((mix) => {
    const [before, today] = [`${subject}, before`, `${subject}, today`];
    const ratios = measured.ratios({ subject: today, mix }, { subject: before, mix }, ns);
    const [was, is] = [before, today].map((name) => measured.values(name, ns, mix));
    return [`${subject}, ${mix}`, spread(was), spread(is), precise(ratios), `${least(was)}, ${least(is)}`];
  }),
);
const { cpu: model, cpus, memoryGib, node, load } = machine();
process.stdout.write(
  `${cpus} × ${model}, ${memoryGib} GiB, Node ${node}, load ${load.toFixed(1)} at the end; ${rounds} rounds.\n\n` +
    `${table(['ns a decision', `at ${values.commit.slice(0, 7)}`, 'today', 'today, × then', 'least of either'], rows)}\n`,
);
if (measured.failed) process.exitCode = 1;
