import { ended } from '../../held/ended.ts';
import { asking, CREATE, KEYS } from './client.ts';
import type { GateNode } from './gate-node.ts';
import { JOBS, LEASE_MS } from './policy.ts';

/** A store that is down is asked again by one who comes after this long, at the latest, in ms. */
const PROBED_MS = 1100;
const PROBES = 6;
/** Far more than anybody waits, in ms. */
const ANSWERED_MS = 200;

type Pass = (ms: number) => Promise<void>;

/** Once nothing fails any more, gates see it by whoever comes, pay what they owe, and one lifetime later there is all of everything again. */
export async function requireWhole(gates: readonly GateNode[], pass: Pass): Promise<void> {
  await requireUp(gates, pass);
  await pass(LEASE_MS);
  for (const key of KEYS) {
    await requireAll(key, gates, pass); // oxlint-disable-line no-await-in-loop -- one after another
    // What came back comes back again.
    await requireAll(key, gates, pass); // oxlint-disable-line no-await-in-loop -- one after another
  }
  for (const { gate } of gates)
    if (gate.held().reservations !== 0) throw new Error(`${gate.held().reservations} are still held`);
}

/* oxlint-disable no-await-in-loop -- one thing after another, here and below */
async function requireUp(gates: readonly GateNode[], pass: Pass): Promise<void> {
  for (let i = 0; i < PROBES; i++) {
    const told = gates.map((gate) => asking(gate, 'probe', { target: '/loose' }));
    await pass(PROBED_MS);
    await Promise.all(told);
  }
  for (const { guard } of gates) {
    const { isDown, owed } = guard.stats();
    if (isDown || owed > 0)
      throw new Error(`a gate says that the store is ${isDown ? 'down' : 'up'}, and owes ${owed}`);
  }
}

/** As many as there may be, by one gate after another, and not one more. */
async function requireAll(key: string, gates: readonly GateNode[], pass: Pass): Promise<void> {
  const ends: (() => void)[] = [];
  for (let n = 0; n <= JOBS; n++) {
    const told = asking(gates[n % gates.length]!, key, CREATE);
    await pass(ANSWERED_MS);
    const handled = await told;
    if ((handled.kind === 'forward') !== n < JOBS)
      throw new Error(
        `${key}: ${n} of ${JOBS} run, and the next is ${handled.kind === 'forward' ? 'let in' : handled.status}`,
      );
    if (handled.kind === 'forward') ends.push(() => handled.end(ended({ status: undefined, reached: false })));
  }
  for (const end of ends) end();
  await pass(ANSWERED_MS);
}
