// npm run bench: Headgate, its peers and bare floors, side by side in one run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { takeBuilt } from './lib/built.mjs';
import { machine, pinnedCpu, versions } from './lib/machine.mjs';

const { rounds, quick } = asked();

function asked() {
  try {
    const { values } = parseArgs({ options: { rounds: { type: 'string' }, quick: { type: 'boolean' } } });
    const { quick: smoke = false, rounds: count = smoke ? 1 : 9 } = values;
    if (!/^[1-9]\d{0,3}$/.test(count))
      throw new Error(`--rounds: expected a whole number from 1 to 9999, got "${count}"`);
    return { rounds: Number(count), quick: smoke };
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    return process.exit(1);
  }
}

takeBuilt();
// These load the copy.
const { bytes, costs, sizes, stalls } = await import('./lib/parts.mjs');
const { report } = await import('./lib/report.mjs');
const { judge } = await import('./lib/targets.mjs');

const began = new Date();
const about = { machine: machine(), versions: versions(), rounds, size: sizes(quick) };
const tell = (part, round, of) =>
  process.stderr.write(`${new Date().toISOString()} ${part}: round ${round + 1} of ${of}\n`);
const settings = { ...about, cpu: pinnedCpu(), tell };
const parts = { cost: costs(settings), bytes: bytes(settings), stall: stalls(settings) };
const judged = judge(parts);

const folder = new URL('results/', import.meta.url);
const name = began.toISOString().replaceAll(':', '-').slice(0, 19);
const text = report({ ...about, ...parts, judged });
const { cost, bytes: memory, stall } = parts;
const raw = { began, ...about, targets: judged, cost: cost.rows, bytes: memory.rows, stall: stall.rows };
mkdirSync(folder, { recursive: true });
writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(raw, undefined, 1)}\n`);
process.stdout.write(`${text}\n\nEvery figure: bench/results/${name}.json\n`);
if (quick) process.stdout.write('A quick run shows that everything works; its figures say little.\n');
// A missed target is a figure; a subject that could not be measured is a fault.
if (Object.values(parts).some(({ failed }) => failed)) process.exitCode = 1;
