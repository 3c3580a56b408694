import { writeSync } from 'node:fs';
import { redisStore } from '../../src/stores/redis/index.ts';
import { CLIENTS } from './clients.ts';
import { LASTING } from './limits.ts';

/*
 * A process that asks one store of Redis for one thing after another until it is killed: worker.ts <client> <port> <limit>. Writes a letter for each that
 * was let in.
 */

const [client = '', port = '', limit = ''] = process.argv.slice(2);
const { client: connected } = await CLIENTS[client]!(Number(port));
const store = redisStore(connected);
const program = LASTING[limit]!;

for (let i = 0; ; i++) {
  // oxlint-disable-next-line no-await-in-loop -- one after another is what it is for
  const { allowed } = await store.apply(
    { op: 'decide', program, keys: ['k'], costs: program.checks.map(() => 1), reservationId: `${process.pid} ${i}` },
    5000,
  );
  if (!allowed) break;
  // A stream would keep what a reader who is slow has no room for, and take it along when it is killed.
  writeSync(1, 'a');
}
