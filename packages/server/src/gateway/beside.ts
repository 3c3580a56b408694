import type { Clock } from 'headgate';
import type { HttpGate } from 'headgate/http';
import { startAdmin } from '../admin/admin.ts';
import type { WriteMetrics } from '../admin/metrics.ts';
import { startSettle } from '../settle/settle.ts';
import { Tokens } from '../settle/tokens.ts';
import type { Log } from './log.ts';
import type { Meters } from './meters.ts';
import { sha256 } from './sha256.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where an API settles what it was handed, and by which tokens it is known. */
export interface SettlePlace extends Place {
  readonly tokens: readonly string[];
}

export interface BesideOptions {
  readonly admin: Place | undefined;
  readonly settle: SettlePlace | undefined;
  readonly metrics: () => WriteMetrics;
  readonly isReady: () => boolean;
  readonly gate: () => HttpGate;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
}

/** The listeners beside the one where callers come in. */
export interface Beside {
  readonly adminUrl: string | undefined;
  readonly settleUrl: string | undefined;
  /** Knows the API by other tokens from now on. */
  retoken(tokens: readonly string[]): void;
  close(): void;
}

/** @throws the system's error when one of them cannot listen */
export async function startBeside(options: BesideOptions): Promise<Beside> {
  const { metrics, isReady, log, meters, gate, clock } = options;
  const tokens = new Tokens(options.settle?.tokens ?? [], sha256);
  const admin = options.admin && (await startAdmin({ listen: options.admin, metrics: metrics(), isReady }));
  const settling =
    options.settle &&
    startSettle({
      listen: options.settle,
      tokens,
      gate: {
        resolve: (id, how) => gate().resolve(id, how),
        adjust: (of, limit, by) => gate().adjust(of, limit, by),
        grant: (of, limit, grant) => gate().grant(of, limit, grant),
        event: (name, event) => gate().event(name, event),
      },
      networkOf: (address) => gate().networkOf(address),
      clock,
      onAnswer: (verb, status) => meters.settled(verb, status),
      onWrongToken: () => log.warn('a wrong token was shown where the API settles'),
      onFault: (error) => log.error('a settlement could not be carried out', { err: error }),
    });
  const settle = await settling?.catch((error: unknown) => {
    admin?.close();
    throw error;
  });
  return {
    adminUrl: admin?.url,
    settleUrl: settle?.url,
    retoken: (next) => tokens.use(next),
    close() {
      admin?.close();
      settle?.close();
    },
  };
}
