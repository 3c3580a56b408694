import type { Clock } from 'headgate';
import type { CompiledPolicy, HttpGateOptions } from 'headgate/http';
import type { Place, SettlePlace } from './beside.ts';
import type { Bounds } from './bounds.ts';
import type { Certificate } from './certificate.ts';
import type { Log } from './log.ts';
import type { MailServer } from './mail.ts';
import type { DataFile, State } from './state.ts';

export interface StartOptions {
  readonly policy: CompiledPolicy;
  readonly upstream: URL;
  readonly listen: Place;
  /** Where to serve health and metrics; default: nowhere. */
  readonly admin?: Place | undefined;
  /** Where the API settles what it was handed; default: nowhere. */
  readonly settle?: SettlePlace | undefined;
  /** Where what limits count is kept; default: in memory, until the process ends. */
  readonly data?: DataFile | undefined;
  /** Where else it is kept; `data` is not looked at then. */
  readonly state?: ((clock: Clock) => Promise<State>) | undefined;
  /** What tells it from others over the same store, for limits with a scope; default: nothing. */
  readonly places?: HttpGateOptions['places'];
  /** Sends what policies tell by mail; default: nobody does, and such a policy is refused. */
  readonly mail?: MailServer | undefined;
  /** Who may vouch for callers that show certificates, as PEM; without it, only their fingerprints say who they are. */
  readonly authorities?: Buffer | undefined;
  /** Speaks TLS with this; without it, plain text. */
  readonly certificate?: Certificate | undefined;
  /** How long the upstream may take until its answer begins. */
  readonly timeoutMs: number;
  /** Default: `BOUNDS` of bounds.ts. */
  readonly bounds?: Partial<Bounds>;
  /** Default: the process's own. */
  readonly clock?: Clock;
  /** Default: JSON lines on stderr. */
  readonly log?: Log;
}

export interface Running {
  /** `http://host:port`, with the port that was taken. */
  readonly url: string;
  /** Of the admin listener, when there is one. */
  readonly adminUrl: string | undefined;
  /** Of the listener on which the API settles, when there is one. */
  readonly settleUrl: string | undefined;
  readonly log: Log;
  /** Judges by another policy from now on. What was counted stays counted: counters follow the limits' identity. */
  use(policy: CompiledPolicy): void;
  /** Proves itself by another certificate from the next connection on. */
  renew(certificate: Certificate): void;
  /** Knows the API that settles by other tokens from now on. */
  retoken(tokens: readonly string[]): void;
  /** Drains for at most `boundMs`, then ends whatever is left. */
  stop(boundMs: number): Promise<void>;
}
