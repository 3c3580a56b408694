import { hostname } from 'node:os';
import { BOUNDS, type Bounds } from '../gateway/bounds.ts';
import type { CompiledPolicy, HttpGateOptions } from 'headgate/http';
import type { DataFile } from '../gateway/state.ts';
import type { Args } from './args.ts';
import { readMs } from './duration.ts';
import { wrongUsage } from './failure.ts';

/** The flags of `headgate serve` that bound something, each with what it bounds. */
const BOUND_FLAGS: Readonly<Record<keyof Bounds, string>> = {
  headMs: 'header-timeout',
  keepAliveMs: 'keep-alive-timeout',
  silenceMs: 'idle-timeout',
  totalMs: 'total-timeout',
  headBytes: 'max-header-bytes',
  headFields: 'max-header-fields',
  bodyBytes: 'max-read-body-bytes',
  bodyMs: 'read-body-timeout',
  bodiesBytes: 'max-read-bodies-bytes',
  connections: 'max-connections',
  connectionsAnAddress: 'max-connections-per-address',
  underWay: 'max-requests',
  underWayAnAddress: 'max-requests-per-address',
  readBytes: 'max-read-bytes',
};
const MAX_COUNT = 1_000_000_000;

export const boundFlags: readonly string[] = Object.values(BOUND_FLAGS);

/** All bounds, those that are not given as they stand in {@link BOUNDS}. */
export function readBounds(args: Args): Bounds {
  const entries = Object.entries(BOUND_FLAGS).map(([bound, flag]) => {
    const text = args.option(flag);
    const standard = BOUNDS[bound as keyof Bounds]; // the table's own names
    if (text === undefined) return [bound, standard];
    return [bound, bound.endsWith('Ms') ? readBound(flag, text) : readCount(flag, text)];
  });
  return Object.fromEntries(entries) as Bounds; // one entry a bound
}

/** No time at all would bound nothing in one place, and everything in another. */
function readBound(flag: string, text: string): number {
  const ms = readDuration(flag, text);
  if (ms === 0) throw wrongUsage(`--${flag}: expected some time, such as 10s, got "${text}"`);
  return ms;
}

export function readDuration(flag: string, text: string): number {
  const ms = readMs(text);
  if (ms === undefined) throw wrongUsage(`--${flag}: expected a duration such as 10s, got "${text}"`);
  return ms;
}

function readCount(flag: string, text: string): number {
  const count = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_COUNT) throw wrongUsage(`--${flag}: expected a whole number from 1, got "${text}"`);
  return count;
}

export function readPlace(flag: string, text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw wrongUsage(`--${flag}: expected host:port, such as 127.0.0.1:8080, got "${text}"`);
  return { host: (match[1] ?? '127.0.0.1').replace(/[[\]]/g, ''), port };
}

/** Undefined: in memory, until the end. A policy that has something that must last is not forgotten unless somebody says so. */
export function readData(args: Args, policy: CompiledPolicy): DataFile | undefined {
  const [given, durability = 'process'] = [args.option('data'), args.option('durability')];
  const file = given ?? (lasts(policy) ? USUAL_FILE : NO_FILE);
  if (file === NO_FILE && args.option('durability') !== undefined) throw wrongUsage('--durability: give --data too');
  if (durability !== 'process' && durability !== 'power')
    throw wrongUsage(`--durability: expected process or power, got "${durability}"`);
  return file === NO_FILE ? undefined : { file, durability };
}

/** Where a gateway keeps what lasts, when nobody says; and the word for nowhere. */
const USUAL_FILE = './headgate.db';
const NO_FILE = 'none';

/** Whether a policy counts what a restart must not forget: a quota, a level, a job, money that is reserved. A permit ends with its exchange. */
export function lasts({ limits }: CompiledPolicy): boolean {
  return limits.some(
    ({ kind, hold, durable }) =>
      kind === 'quota' ||
      kind === 'level' ||
      durable === true ||
      (hold !== undefined && (kind !== 'concurrency' || hold.id !== undefined)),
  );
}

export function readUpstream(text: string | undefined): URL {
  if (text === undefined) throw wrongUsage('which API? Give --upstream <url>');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw wrongUsage(`--upstream: expected a URL such as http://127.0.0.1:3000, got "${text}"`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrongUsage(`--upstream: expected no user, query or fragment, got "${text}"`);
  return url;
}

/** What tells this gateway from others that share its counters: limits with `scope: node` or `region` count by it. */
export function readPlaces(args: Args): NonNullable<HttpGateOptions['places']> {
  const [node, region] = [args.option('node'), args.option('region')];
  if (args.option('redis') === undefined) {
    const [alone] = [node === undefined ? [] : ['node'], region === undefined ? [] : ['region']].flat();
    if (alone !== undefined) throw wrongUsage(`--${alone}: give --redis too; a gateway that shares nothing is alone`);
    return {};
  }
  return {
    node: node ?? `${hostname()} ${args.option('listen') ?? ''}`,
    ...(region !== undefined && { region }),
  };
}
