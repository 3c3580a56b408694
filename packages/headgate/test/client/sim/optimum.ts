import type { CompiledPolicy } from '../../../src/http/index.ts';
import { Api } from './api.ts';
import { World } from './world.ts';

/** What is beside the limits: how many send, how long the way there and back is at the least, and how uncertain the way there. */
export interface Distance {
  readonly workers: number;
  readonly tripMs: number;
  /** By how much a request arrives later on average than it may: who must not come too early comes so late. */
  readonly spreadMs: number;
}

/**
 * The least time in which so many requests can all be answered by workers who know the server's state and its clock, though not how
 * long a request will travel: each sends as soon as its last was answered and its next is certain to be admitted. All are as
 * near as anybody ever is in the simulation. Using more of a limit earlier never admits less later, so nobody is faster.
 */
export function optimumMs(
  policy: CompiledPolicy,
  startMs: number,
  requests: readonly Request[],
  { workers, tripMs, spreadMs }: Distance,
): number {
  const world = new World(startMs);
  const api = new Api({ policy, world, seed: 1 });
  const freeAtMs = Array.from({ length: workers }, () => startMs);
  for (let done = 0; done < requests.length;) {
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs));
    world.nowMs = Math.max(world.nowMs, freeAtMs[worker]!);
    const waitMs = api.decide(requests[done]!);
    if (waitMs !== undefined) world.nowMs += waitMs + spreadMs;
    else {
      freeAtMs[worker] = world.nowMs + tripMs;
      done++;
    }
  }
  return Math.max(...freeAtMs) - startMs;
}
