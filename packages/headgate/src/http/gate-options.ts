import type { AsyncStore, Clock, SyncStore } from '../core/index.ts';
import type { CompiledPolicy, HostFunction, Planner, PlannerOptions } from '../profile/index.ts';
import type { Timers } from './delay/timers.ts';
import type { GuardedStore } from './failing/guarded.ts';
import type { Holds } from './holds/holds.ts';
import type { OnReport } from './holds/report.ts';
import type { OnHostFault } from './hosts.ts';
import type { Finder } from './identify/find/called.ts';
import type { Courier } from './notify/courier.ts';
import type { SendMail } from './notify/mail.ts';
import type { OnNotice } from './notify/notices.ts';
import type { Overage } from './notify/overages.ts';
import type { Outside } from './outside.ts';
import type { Sha256 } from './request.ts';

/** `fetch`, `readFile`, `deadline` and `env` are what sources ask elsewhere by. Default: the platform's own. */
export interface HttpGateOptions extends Partial<Outside> {
  readonly policy: CompiledPolicy;
  /** Makes the planner of the policy. Default: `createPlanner`. */
  readonly planner?: (options: PlannerOptions) => Planner;
  /** One that answers at once keeps the gate from ever waiting for it; one that answers later has 50 ms. Guarded: as that says. */
  readonly store: SyncStore | AsyncStore | GuardedStore;
  /** The clock the store decides by. */
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Random, of this process, 128 bits or more as text: blinds the comparison of keys, and the subjects in logs. */
  readonly salt: string;
  /** Functions by which sources are looked up, by the name that `find` gives them. */
  readonly finders?: Readonly<Record<string, Finder>>;
  /** Makes ids of reservations: 128 random bits as text, never the same twice. Default: from the platform's `crypto`. */
  readonly randomId?: () => string;
  /** The longest body that limits read, in bytes; a longer one is refused (413) where they do. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Functions that expressions call as `host("NAME", …)`, by name: of data alone, and the same for the same. */
  readonly hosts?: Readonly<Record<string, HostFunction>>;
  /** Longest that one of these may take, in ms. Default 100; `Infinity` calls them unguarded, which saves some 50 µs a call. */
  readonly hostMs?: number;
  /** The longest that a request is held back, in ms, whatever its limits say. Default: as they say. */
  readonly maxDelayMs?: number;
  /** What tells this gate from others over the same store: limits with `scope: node` or `region` count by it. Default: all are one. */
  readonly places?: PlannerOptions['places'];
  /** By which that is timed. Default: the platform's. */
  readonly timers?: Timers;
  /** Told of one that threw, or was stopped. */
  readonly onHostFault?: OnHostFault;
  /** What is held, where another gate takes the place of an earlier one over the same store. Default: its own. */
  readonly holds?: Holds;
  /** Told what an operator should know about what is held. */
  readonly onReport?: OnReport;
  /** Told when a limit is used so far as its policy asks to be told of, by whatever channel. */
  readonly onNotice?: OnNotice;
  /** Told of units above a fill that the policy bills: exact, and each once. */
  readonly onOverage?: (overage: Overage) => void;
  /** Sends what web hooks are told, where another gate takes the place of an earlier one. Default: its own. */
  readonly courier?: Courier;
  /** Sends what channels say by `email`. */
  readonly mail?: SendMail;
  /** `false`: fills are told by another gate, which judges the same requests before this one does. */
  readonly tellsFills?: boolean;
}
