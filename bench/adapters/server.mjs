// One server: node server.mjs FRAMEWORK MODE PORT.
import { serverOf } from './apps.mjs';

const [framework, mode, port] = process.argv.slice(2);

/** Until the last that a load began has ended. */
const QUIET_MS = 100;

const server = await serverOf(framework, mode);
server.listen(Number(port), '127.0.0.1');

// A collection while nothing waits for the next turn may make each later `process.nextTick` of a process take some µs more (Node 24). Every
// process that lives long has had one: here all have, under the same conditions, so that none is compared with one that has not.
process.on('SIGUSR2', () => void setTimeout(() => globalThis.gc(), QUIET_MS));
