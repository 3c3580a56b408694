import { createFetch, type ClientOptions, type Fetch, type HeadgateFetch } from '../../src/client/index.ts';
import { World } from './sim/world.ts';

export const START = Date.UTC(2026, 3, 11, 13);
export const TRIP_MS = 100;

/** One request as it arrived. */
export interface Arrived {
  /** After START. */
  readonly sentMs: number;
  readonly url: string;
  readonly method: string;
  readonly body: string;
}

export type Script = (request: Arrived, nth: number) => Response | Error;

interface Scripted {
  readonly world: World;
  readonly api: HeadgateFetch;
  readonly arrived: Arrived[];
  /** Most at once. */
  readonly peak: () => number;
  /** Under way beside the one that is answered. */
  readonly others: () => number;
}

/** A client, and a server a tenth of a second away that answers by a script; in simulated time. */
export function scripted(script: Script, options: ClientOptions = {}): Scripted {
  const world = new World(START);
  const arrived: Arrived[] = [];
  let [under, peak] = [0, 0];
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    const { signal, url, method } = request;
    signal.throwIfAborted();
    const one = { sentMs: world.nowMs - START, url, method, body: await request.text() };
    const nth = arrived.push(one);
    peak = Math.max(peak, ++under);
    try {
      await new Promise<void>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        world.after(TRIP_MS, resolve);
      });
    } finally {
      under--;
    }
    const answer = script(one, nth);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const api = createFetch({ fetch, timer: world.timer, random: () => 0, ...options });
  return { world, api, arrived, peak: () => peak, others: () => under };
}

export const ok = (headers: Record<string, string> = {}): Response => new Response('ok', { headers });
export const refuse = (headers: Record<string, string> = {}, body = '{}', status = 429): Response =>
  new Response(body, { status, headers });
/** What fetch throws when the network fails. */
export const broken = (): Error => new TypeError('fetch failed');
