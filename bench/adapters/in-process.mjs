// node bench/adapters/in-process.mjs [--only=FRAMEWORK] [--modes=one,three] [--processes=3]: what a limiter adds where no kernel and no network
// add anything. Steadier than servers that are loaded, and so what a change is judged by; not what an app pays.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figure, table } from '../lib/stats.mjs';
import { MODES, PEERS, serverOf } from './apps.mjs';
import { keepTick } from './keep.mjs';
import { askerOf } from './socket.mjs';

const CONNECTIONS = 64;
/**
 * Asked over one connection before all others come. V8 looks at what its first collections find alive, and makes what is alive then old from the start: with
 * 64 requests at once in code that is still cold that is most of what a request is made of, and what old garbage leads to outlives every small collection.
 */
const ALONE = 20_000;
const WARM = 60_000;
const REQUESTS = 30_000;
const ROUNDS = 12;
/** A young generation as it is after a while, in MiB: else it grows while it is measured. */
const FLAGS = ['--min-semi-space-size=16'];

/** µs of CPU a request: the least of many rounds, as a neighbour only ever adds to it. */
async function measure(framework, mode) {
  await keepTick();
  const server = await serverOf(framework, mode);
  await askerOf(server, 1).ask(ALONE);
  const { ask, answer } = askerOf(server, CONNECTIONS);
  await ask(WARM);
  if (!answer().startsWith('HTTP/1.1 200 ')) throw new Error(`${framework}, ${mode}: ${answer()}`);
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
    await ask(REQUESTS);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / REQUESTS);
  }
  return least;
}

/** The same in a process of its own. */
function measured(framework, mode) {
  const args = [...FLAGS, fileURLToPath(import.meta.url), '--one', framework, mode];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function compare({ only, modes, processes }) {
  const asked = ['bare', ...modes.split(',').filter((mode) => mode !== 'bare')];
  const rows = Object.keys(PEERS)
    .filter((framework) => only === undefined || only === framework)
    .map((framework) => {
      const least = Object.fromEntries(asked.map((mode) => [mode, Infinity]));
      for (let i = 0; i < Number(processes); i++)
        for (const mode of asked) least[mode] = Math.min(least[mode], measured(framework, mode));
      return [framework, ...asked.map((mode) => figure(mode === 'bare' ? least.bare : least[mode] - least.bare))];
    });
  process.stdout.write(`${table(['µs a request, and added to it', ...asked], rows)}\n`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    one: { type: 'boolean' },
    only: { type: 'string' },
    modes: { type: 'string', default: MODES.join() },
    processes: { type: 'string', default: '3' },
  },
});
if (values.one) process.stdout.write(`${await measure(...positionals)}\n`);
else compare(values);
process.exit(0);
