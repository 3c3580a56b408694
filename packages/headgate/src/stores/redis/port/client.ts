import { HeadgateError } from '../../../core/index.ts';
import { slotOf } from './slot.ts';

/** What a script is given, and gives back: bytes. */
export type Bytes = string | Buffer;

/** The two commands that a store needs, whatever client carries them. */
export interface Port {
  /** Whether keys of one call must have one home: a cluster. */
  readonly isCluster: boolean;
  /** Which node of a cluster the client would ask for keys of that home, as far as it knows; else always the same. */
  nodeOf(home: string): string;
  /** Whether a command sent now goes out now, and does not wait in a queue of the client's own. */
  isReady(): boolean;
  /** Told when it is ready again. Says how to stop it. */
  onReady(told: () => void): () => void;
  run(command: 'EVALSHA' | 'EVAL', script: string, keys: readonly Bytes[], args: readonly Bytes[]): Promise<unknown>;
}

interface Emitter {
  on(event: 'ready', listener: () => void): unknown;
  off(event: 'ready', listener: () => void): unknown;
}

/** As much of an ioredis `Redis` or `Cluster` as is used. */
export interface IoredisClient extends Emitter {
  readonly status: string;
  readonly isCluster?: boolean;
  /** Of a cluster, by slot: its primary first. */
  readonly slots?: readonly (readonly string[] | undefined)[];
  callBuffer(command: string, ...args: (string | Buffer | number)[]): Promise<unknown>;
}

/** As much of node-redis's client, cluster or sentinel, 5 and later, as is used. */
export interface NodeRedisClient extends Emitter {
  readonly isReady: boolean;
  /** Of a cluster, by slot. */
  readonly slots?: readonly ({ readonly master: { readonly address: string } } | undefined)[];
  withTypeMapping(mapping: Record<number, unknown>): unknown;
}

export type RedisClient = IoredisClient | NodeRedisClient;

interface Scripts {
  eval(script: string, given: { readonly keys: Bytes[]; readonly arguments: Bytes[] }): Promise<unknown>;
  evalSha(sha: string, given: { readonly keys: Bytes[]; readonly arguments: Bytes[] }): Promise<unknown>;
}

/** A node that is not known, or the only one. */
const ANY = '';
/** RESP's own mark of a bulk string: `$`. */
const BLOB_STRING = 36;

/** @throws HeadgateError `ERR_STORE` when it is neither client. */
export function portOf(client: RedisClient): Port {
  if ('callBuffer' in client && typeof client.callBuffer === 'function') return ioredisPort(client);
  if ('withTypeMapping' in client && typeof client.withTypeMapping === 'function') return nodeRedisPort(client);
  throw new HeadgateError('ERR_STORE', 'redisStore: expected a client of ioredis, or of redis (node-redis) 5 or later');
}

/** ioredis has one of each command, which its types leave out. Its `callBuffer` forgets the command's name where it pipelines by itself. */
type IoredisScripts = Record<
  'evalshaBuffer' | 'evalBuffer',
  (script: string, count: number, ...keysAndArgs: Bytes[]) => Promise<unknown>
>;

function ioredisPort(client: IoredisClient): Port {
  const scripts = client as IoredisClient & IoredisScripts;
  return {
    isCluster: client.isCluster === true,
    nodeOf: (home) => (client.isCluster === true ? client.slots?.[slotOf(home)]?.[0] : undefined) ?? ANY,
    isReady: () => client.status === 'ready',
    onReady: (told) => listen(client, told),
    run: (command, script, keys, args) =>
      scripts[command === 'EVAL' ? 'evalBuffer' : 'evalshaBuffer'](script, keys.length, ...keys, ...args),
  };
}

function nodeRedisPort(client: NodeRedisClient): Port {
  // Its types follow the modules that a client was made with; of all, these two commands are the same.
  const scripts = client.withTypeMapping({ [BLOB_STRING]: Buffer }) as Scripts;
  return {
    isCluster: 'masters' in client,
    nodeOf: (home) => ('masters' in client ? client.slots?.[slotOf(home)]?.master.address : undefined) ?? ANY,
    isReady: () => client.isReady,
    onReady: (told) => listen(client, told),
    run: (command, script, keys, args) => {
      const given = { keys: [...keys], arguments: [...args] };
      return command === 'EVAL' ? scripts.eval(script, given) : scripts.evalSha(script, given);
    },
  };
}

function listen(emitter: Emitter, told: () => void): () => void {
  emitter.on('ready', told);
  return () => void emitter.off('ready', told);
}
