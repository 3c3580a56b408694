// One subject in a process of its own: `subject.mjs SUBJECT DURABILITY KEYS DECISIONS FILE`, and one line of JSON.
import { floor } from './floor.mjs';

const AT_ONCE = 64;
const [subject, durability, keys, decisions, file] = process.argv.slice(2);
const { ours } = subject === 'floor' ? {} : await import('./ours.mjs');
const asked = subject === 'floor' ? floor(file, durability) : ours(file, durability);
const names = Array.from({ length: Number(keys) }, (_, i) => `key-${String(i).padStart(14, '0')}`);

/** So many decisions by so many clients, each of which waits for its answer. */
async function load(count) {
  let left = count;
  let admitted = 0;
  async function client() {
    while (left-- > 0) if (await asked.ask(names[Math.floor(Math.random() * names.length)])) admitted++; // oxlint-disable-line no-await-in-loop
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  if (admitted !== count) throw new Error(`${admitted} of ${count} admitted`);
}

// Every key is there before anything is measured.
for (let i = 0; i < names.length; i += AT_ONCE) await Promise.all(names.slice(i, i + AT_ONCE).map(asked.ask)); // oxlint-disable-line no-await-in-loop
await load(Math.min(Number(decisions), 20_000));
const beganCpu = process.cpuUsage();
const began = performance.now();
await load(Number(decisions));
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(beganCpu);
await asked.close();
process.stdout.write(
  `${JSON.stringify({ perSecond: Number(decisions) / seconds, cpuUs: (user + system) / Number(decisions) })}\n`,
);
