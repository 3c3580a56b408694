import type { CompiledPolicy } from '../../../src/http/index.ts';
import { Api } from './api.ts';
import { World } from './world.ts';

/**
 * The least time in which so many requests can all be admitted: by one who stands beside the server, sends whatever is
 * admitted at once, and after a refusal comes back in the first millisecond that admits. More of any limit used earlier
 * never admits less later, so nobody can be faster, and no latency is counted.
 */
export async function optimumMs(policy: CompiledPolicy, startMs: number, requests: number, key = 'k'): Promise<number> {
  const world = new World(startMs);
  const api = new Api({ policy, world, seed: 1, latencyMs: [0, 0] });
  const one = async (): Promise<boolean> => {
    const answer = await api.fetch('https://api.test/v1/image/edit', { method: 'POST', headers: { 'x-api-key': key } });
    return answer.status === 200;
  };
  for (let done = 0; done < requests;) {
    if (await world.run(one())) done++;
    else await world.run(world.sleep(TICK_MS));
  }
  return world.nowMs - startMs;
}

/** How finely the optimum looks for its next admission. */
const TICK_MS = 20;
