import type { CompiledPolicy } from '../../../src/http/index.ts';
import { Api } from './api.ts';
import { World } from './world.ts';

/**
 * The least time in which so many requests can all be admitted: by one who stands beside the server, sends whatever is
 * admitted at once, and after a refusal comes back in the first millisecond that admits. Using more of a limit earlier never
 * admits less later, so nobody is faster; no latency is counted.
 */
export function optimumMs(policy: CompiledPolicy, startMs: number, requests: readonly Request[]): number {
  const world = new World(startMs);
  const api = new Api({ policy, world, seed: 1 });
  for (let done = 0; done < requests.length;) {
    const waitMs = api.decide(requests[done]!);
    if (waitMs === undefined) done++;
    else world.nowMs += waitMs;
  }
  return world.nowMs - startMs;
}
