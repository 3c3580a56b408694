import { Cluster, Redis } from 'ioredis';
import { leaseStore } from 'headgate/leases';
import { redisStore } from 'headgate/redis';
import type { Log } from './log.ts';
import type { State } from './state.ts';

/** A Redis, the nodes of a cluster, or the Sentinels that know one. */
export type RedisPlace =
  | { readonly nodes: readonly string[] }
  | { readonly sentinels: readonly { readonly host: string; readonly port: number }[]; readonly name: string };

/** How soon a connection that carries nothing any more is given up, and how long is waited between two tries. In ms. */
const SILENT_MS = 1000;
const LONGEST_PAUSE_MS = 200;

const OPTIONS = {
  connectionName: 'headgate',
  connectTimeout: SILENT_MS,
  socketTimeout: SILENT_MS,
  // What has run once must not run twice: whoever asked was answered meanwhile.
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (times: number): number => Math.min(50 * times, LONGEST_PAUSE_MS),
  failoverDetector: true,
};

/**
 * What limits count, in a Redis that other gateways may share. It need not be there: what becomes of requests meanwhile is their limits'
 * business, and the gateway finds it by itself when it is.
 */
export function openRedis(place: RedisPlace, leases: boolean, log: Log): State {
  const client = clientOf(place);
  const shared = redisStore(client, { rememberDenials: true });
  const leased = leases ? leaseStore(shared) : undefined;
  const store = leased ?? shared;
  tellChanges(client, log);
  return {
    store,
    records: () => 0,
    overflowed: () => 0,
    leases: leased && (() => leased.stats()),
    close: async () => {
      await store.close();
      client.disconnect();
    },
  };
}

function clientOf(place: RedisPlace): Redis | Cluster {
  if ('sentinels' in place) return new Redis({ ...OPTIONS, sentinels: [...place.sentinels], name: place.name });
  const [first, ...others] = place.nodes;
  if (first !== undefined && others.length === 0) return new Redis(first, OPTIONS);
  const { retryStrategy, ...redisOptions } = OPTIONS;
  return new Cluster([...place.nodes], { redisOptions, clusterRetryStrategy: retryStrategy });
}

/** One line when it goes, and one when it comes back. */
function tellChanges(client: Redis | Cluster, log: Log): void {
  let isThere: boolean | undefined;
  client.on('ready', () => {
    if (isThere === false) log.info('Redis answers again', {});
    isThere = true;
  });
  client.on('error', (error: Error) => {
    if (isThere !== false) log.warn('Redis cannot be reached', { reason: error.message });
    isThere = false;
  });
  client.on('close', () => {
    if (isThere === true) log.warn('Redis cannot be reached', { reason: 'its connection was closed' });
    isThere = false;
  });
}
