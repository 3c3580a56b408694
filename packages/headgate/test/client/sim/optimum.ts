import type { CompiledPolicy } from '../../../src/http/index.ts';
import { Api } from './api.ts';
import { World } from './world.ts';

/**
 * The least time in which so many requests can all be answered, by so many workers who know the server's state: each sends as
 * soon as its last request was answered and its next one will be admitted. All are as near as anybody ever is in the simulation.
 * Using more of a limit earlier never admits less later, so nobody is faster.
 */
export function optimumMs(
  policy: CompiledPolicy,
  startMs: number,
  requests: readonly Request[],
  workers: number,
  tripMs: number,
): number {
  const world = new World(startMs);
  const api = new Api({ policy, world, seed: 1 });
  const freeAtMs = Array.from({ length: workers }, () => startMs);
  for (let done = 0; done < requests.length;) {
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs));
    world.nowMs = Math.max(world.nowMs, freeAtMs[worker]!);
    const waitMs = api.decide(requests[done]!);
    if (waitMs !== undefined) world.nowMs += waitMs;
    else {
      freeAtMs[worker] = world.nowMs + tripMs;
      done++;
    }
  }
  return Math.max(...freeAtMs) - startMs;
}
