// `restart.mjs fill RECORDS FILE` makes a file; `restart.mjs open 0 FILE` opens it, decides once, and says how long that took since the process began.
import { ours } from './ours.mjs';

const A_TIME = 4096;
const [what, records, file] = process.argv.slice(2);
const store = ours(file, 'process');
for (let i = 0; i < Number(records); i += A_TIME)
  await Promise.all(Array.from({ length: A_TIME }, (_, k) => store.ask(`key-${i + k}`))); // oxlint-disable-line no-await-in-loop
await store.ask('key-4711');
const ms = Date.now() - performance.timeOrigin;
if (what === 'open') process.stdout.write(`${JSON.stringify({ ms })}\n`);
if (what === 'fill') await store.close();
process.exit(0); // As a kill leaves it: with a log.
