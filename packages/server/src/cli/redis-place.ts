import type { Args } from './args.ts';
import { wrongUsage } from './failure.ts';
import type { RedisPlace } from '../gateway/redis-state.ts';

const FORMS =
  'redis://[user:password@]host:port[/number], rediss://…, several nodes of a cluster separated by commas, redis+sentinel://host:port[,…]/name, or env:NAME for a variable that says it';

/** Where a Redis is, as `--redis` says it. @throws Failure, which does not repeat a password */
export function readRedis(args: Args): RedisPlace | undefined {
  const given = args.option('redis');
  if (given === undefined && args.flag('lease'))
    throw wrongUsage('--lease: give --redis too; there is nobody to lease from');
  if (given === undefined) return undefined;
  if (args.option('data') !== undefined) throw wrongUsage('--redis: give it, or --data, not both');
  if (args.option('durability') !== undefined) throw wrongUsage('--durability: give --data too');
  const name = /^env:(.+)$/.exec(given)?.[1];
  return read(name === undefined ? given : (process.env[name] ?? ''));
}

function read(text: string): RedisPlace {
  const [, nodes, name] = /^redis\+sentinel:\/\/([^/]+)\/([\w.-]+)$/.exec(text) ?? [];
  if (nodes !== undefined && name !== undefined) return { sentinels: nodes.split(',').map(placeOf), name };
  // Of the nodes of a cluster only the first need say what it speaks.
  return {
    nodes: text.split(',').map((node, i) => urlOf(i === 0 || /^rediss?:/.test(node) ? node : `redis://${node}`).href),
  };
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
    throw wrongUsage(`--redis: expected ${FORMS}`);
  return url;
}

function placeOf(node: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = urlOf(`redis://${node}`);
  return { host: hostname, port: Number(port || 26_379) };
}
