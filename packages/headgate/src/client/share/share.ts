import type { ClientOptions } from '../fetch/options.ts';
import { platformTimer } from '../fetch/timer.ts';
import { Pacer, type Pacing, type Wanted } from '../model/pacer.ts';
import type { Flight } from '../model/scope.ts';
import { Follower } from './follower.ts';
import { Leader } from './leader.ts';
import type { Channel, Elect } from './wire.ts';

export interface ShareOptions extends Pick<ClientOptions, 'limits' | 'explore' | 'maxQueue' | 'timer'> {
  readonly channel: Channel;
  readonly elect: Elect;
  /** Names this process among those that share. Default: chosen by chance. */
  readonly self?: string;
}

/** A pacer that several processes or tabs have in common. */
export interface Shared extends Pacing {
  /** Leaves the others, and lets one of them lead. */
  readonly stop: () => void;
}

/**
 * One of those that share keeps the account, and the others ask it before they send: what all of them send is paced as if one
 * did. Give all of them the same `limits`. When it is gone, another is elected and begins as from a cold start, with one request.
 */
export function share(options: ShareOptions): Shared {
  const { channel, elect, limits, timer = platformTimer, maxQueue = 10_000, explore = !limits } = options;
  const { self = crypto.randomUUID() } = options;
  const pacer = new Pacer({ timer, maxQueue, explore });
  const follower = new Follower(channel, self, timer);
  const leader = new Leader(pacer, channel, limits, timer.nowMs);
  /** Of those who wait here: called off when another leads, who is asked instead. */
  const own = new Set<AbortController>();
  let leads = false;

  async function take(wanted: Wanted): Promise<Flight> {
    if (!leads) return follower.take(wanted);
    const moved = new AbortController();
    const signal = wanted.signal ? AbortSignal.any([wanted.signal, moved.signal]) : moved.signal;
    own.add(moved);
    try {
      return await pacer.take({ ...wanted, signal });
    } catch (error) {
      if (moved.signal.aborted) return await take(wanted);
      throw error;
    } finally {
      own.delete(moved);
    }
  }

  function lead(): void {
    channel.post({ is: 'lead', from: self });
    if (leads) return;
    leads = true;
    for (const { wanted, go, fail } of follower.waiting) void take(wanted).then(go, fail);
  }

  /** Another leads: what was known here is old, and whoever waits asks there. */
  function follow(): void {
    leads = false;
    leader.retire();
    for (const moved of own) moved.abort();
    pacer.scopes.clear();
  }

  const unhear = channel.listen((message) => (leads ? leader : follower).hear(message));
  const resign = elect(lead, follow);
  return {
    scopes: pacer.scopes,
    get queued() {
      return pacer.queued + follower.waiting.length;
    },
    take,
    pump: () => pacer.pump(),
    stop: () => {
      unhear();
      resign();
    },
  };
}
