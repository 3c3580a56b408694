// One of several processes that ask one Redis: `asker.mjs NAME PORT MS`. Says that it is warm; told to go, asks, and says what it did.
import { once } from 'node:events';
import { load } from './load.mjs';
import { SUBJECTS } from './subjects.mjs';

const CALLERS = 64;
const [name, port, ms] = process.argv.slice(2);
const decide = await SUBJECTS[name](Number(port));
await load(decide, CALLERS, 2 * Number(ms));
process.stdout.write('warm\n');
await once(process.stdin, 'data');
const cpu = process.cpuUsage();
const { waits, seconds } = await load(decide, CALLERS, Number(ms));
const { user, system } = process.cpuUsage(cpu);
const done = { perSecond: waits.length / seconds, busy: (user + system) / 1e6 / seconds };
process.stdout.write(`${JSON.stringify(done)}\n`, () => process.exit(0));
