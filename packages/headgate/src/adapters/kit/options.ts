import type { AsyncStore, Clock, SyncStore } from '../../core/index.ts';
import type { Finder, HostFunction, OnHostFault, OnNotice, OnReport, Overage, StoreChange } from '../../http/index.ts';
import type { Chosen, KeyFunction } from './key.ts';
import type { Warning } from './warnings.ts';

/** Whether it answers at once, or later. */
export type AnyStore = SyncStore | AsyncStore;

/** Whether what a handler asks of its decision is promised: by a store that answers later, always. */
export type LaterOf<Store extends AnyStore> = Store extends SyncStore ? false : true;

/** What can be said beside what is enforced. `Native` is the framework's own request. */
export interface Options<Native, Store extends AnyStore = SyncStore> {
  /**
   * Where counters are kept: `redisStore(client)`, `sqliteStore({ file })`, or one that answers at once. Default: this process's memory, which no
   * other process shares.
   */
  readonly store?: Store;
  /** The longest that a request waits for a store that answers later, in ms; then `fail` of each limit decides. Default 50. */
  readonly storeDeadlineMs?: number;
  /** How many processes share the store: of a limit that fails `local`, each allows that part while it does not answer. Default 1. */
  readonly nodes?: number;
  /** Told once when the store does not answer any more, and once when it does again. */
  readonly onStoreChange?: (change: StoreChange) => void;
  /** Default: the process's own. It must be the store's too, where a store is given. */
  readonly clock?: Clock;
  /** Addresses of proxies that are believed when they say whom they speak for: `['10.0.0.0/8']`. Default: the policy's, or none. */
  readonly trust?: readonly string[];
  /** Says who asks, where no policy does. Default: the address. */
  readonly key?: KeyFunction<Native>;
  /** What the key function reads that a caller may write as it likes, and that something before it has proved. */
  readonly keyReads?: readonly Chosen[];
  /** Functions by which a policy's sources are looked up, by the name that `find` gives them. */
  readonly finders?: Readonly<Record<string, Finder>>;
  /** Functions that expressions of a policy call as `host("NAME", …)`, by name: of data alone, and the same for the same. */
  readonly hosts?: Readonly<Record<string, HostFunction>>;
  /** Told of one of these that threw, or was stopped. */
  readonly onHostFault?: OnHostFault;
  /** Told once of each thing that is wrong with how this is mounted. Default: the process's warnings, else the console. */
  readonly onWarning?: (warning: Warning) => void;
  /** Told of each request that could not be judged, and was answered with 500. Default: a warning, once. */
  readonly onFault?: (error: unknown) => void;
  /** Told what an operator should know about what is held. */
  readonly onReport?: OnReport;
  /** Told when a limit is used so far as its policy asks to be told of. */
  readonly onNotice?: OnNotice;
  /** Told of units above a fill that the policy bills: exact, and each once. */
  readonly onOverage?: (overage: Overage) => void;
}
