import { Cluster, type Redis } from 'ioredis';
import { createCluster } from 'redis';
import type { Connected } from './clients.ts';
import { freePair, RedisServer, until } from './server.ts';
import { CLIENTS } from './clients.ts';

const HOST = '127.0.0.1';
const NODES = 6;
const SLOTS = 16_384;
const OPTIONS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'];

export interface OwnCluster {
  /** Three primaries, then a replica of each. */
  readonly servers: readonly RedisServer[];
  readonly operators: readonly Connected[];
}

/** A cluster of six, each a process of ours on a port of the loopback. */
export async function startCluster(): Promise<OwnCluster> {
  const servers: RedisServer[] = [];
  for (let i = 0; i < NODES; i++) servers.push(await clusterNode());
  const operators = await Promise.all(servers.map(({ port }) => CLIENTS['ioredis']!(port)));
  const primaries = NODES / 2;
  for (let i = 0; i < primaries; i++) await operators[i]!.command('CLUSTER', 'ADDSLOTS', ...slotsOf(i, primaries));
  for (const [i, { command }] of operators.entries()) await command('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1));
  for (const { command } of operators.slice(1)) await command('CLUSTER', 'MEET', HOST, String(servers[0]!.port));
  await until(
    'all to know all',
    async () => (await infos(operators)).every((info) => info.includes(`cluster_known_nodes:${NODES}`)),
    20_000,
  );
  for (let i = primaries; i < NODES; i++) {
    const id = String(await operators[i - primaries]!.command('CLUSTER', 'MYID'));
    await until('a replica', () =>
      operators[i]!.command('CLUSTER', 'REPLICATE', id).then(
        () => true,
        () => false,
      ),
    );
  }
  for (const { command } of operators.slice(primaries))
    await until('a replica that follows', async () =>
      String(await command('INFO', 'replication')).includes('master_link_status:up'),
    );
  await until(
    'a cluster',
    async () => (await infos(operators)).every((info) => info.includes('cluster_state:ok')),
    20_000,
  );
  return { servers, operators };
}

/** One by one: Redis knows of ranges since 7.0 only. */
function slotsOf(primary: number, primaries: number): string[] {
  const first = (i: number): number => Math.ceil((i * SLOTS) / primaries);
  return Array.from({ length: first(primary + 1) - first(primary) }, (_, i) => String(first(primary) + i));
}

async function clusterNode(): Promise<RedisServer> {
  const server = new RedisServer(await freePair(), OPTIONS);
  await server.start();
  return server;
}

async function infos(operators: readonly Connected[]): Promise<string[]> {
  return Promise.all(operators.map(async ({ command }) => String(await command('CLUSTER', 'INFO'))));
}

export async function stopCluster({ servers, operators }: OwnCluster): Promise<void> {
  for (const { close } of operators) close();
  for (const server of servers) await server[Symbol.asyncDispose]();
}

/** Clients of a cluster, by their name. */
export const CLUSTER_CLIENTS: Readonly<Record<string, (ports: readonly number[]) => Promise<Connected>>> = {
  async ioredis(ports) {
    const client = new Cluster(ports.map((port) => ({ port, host: HOST })));
    client.on('error', () => undefined);
    client.setMaxListeners(0);
    await until('a client of the cluster', () => client.status === 'ready');
    const first = (): Redis => client.nodes('master')[0]!;
    return {
      client,
      command: (...args) => first().call(...(args as [string, ...string[]])),
      close: () => client.disconnect(),
    };
  },
  async 'node-redis'(ports) {
    const client = createCluster({ rootNodes: ports.map((port) => ({ socket: { port, host: HOST } })) });
    client.on('error', () => undefined);
    client.setMaxListeners(0);
    await client.connect();
    return {
      client,
      command: (...args) => client.sendCommand(undefined, false, [...args]),
      close: () => client.destroy(),
    };
  },
};
