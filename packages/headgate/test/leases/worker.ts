import { writeSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { leaseStore } from '../../src/stores/leased/index.ts';
import { redisStore } from '../../src/stores/redis/index.ts';
import { CLIENTS } from '../redis/clients.ts';
import { LIMITS } from './limits.ts';

/*
 * A process that leases from one Redis, and asks for one key again and again: worker.ts <client> <port> <limit>. Writes a letter for each that was let in, before
 * it asks again, and at the end a line of JSON.
 */

/** How often in a row it must be refused, and how long it waits then: longer, all together, than anything is leased. In ms. */
const REFUSALS = 70;
const PAUSE_MS = 25;
const DEADLINE_MS = 5000;

const [client = '', port = '', limit = ''] = process.argv.slice(2);
const { client: connected, close } = await CLIENTS[client]!(Number(port));
const store = leaseStore(redisStore(connected));
const program = LIMITS[limit]!;
const step = {
  op: 'decide',
  program,
  keys: program.records.map(() => 'k'),
  costs: program.checks.map(() => 1),
} as const;

let faults = 0;
let refused = 0;
while (refused < REFUSALS) {
  try {
    const { allowed } = await store.apply(step, DEADLINE_MS);
    refused = allowed ? 0 : refused + 1;
    if (allowed) writeSync(1, 'a');
    await (allowed ? turn() : sleep(PAUSE_MS));
  } catch {
    faults++;
  }
}
await store.close();
writeSync(1, `\n${JSON.stringify({ faults, ...store.stats() })}\n`);
close();
