import type { Denial } from 'headgate/http';
import { destination, pino } from 'pino';
import type { Exchange } from './exchange.ts';
import type { How } from './how.ts';
import { clientId } from './request-id.ts';

/** Bytes of log kept back while stderr does not take them; beyond, lines are dropped rather than requests delayed. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Characters of a path that the access log tells. */
const MAX_PATH = 512;

/** What the gateway says about its work: one JSON object a line, on stderr. Keys and addresses only ever as hashes. */
export interface Log {
  denied(exchange: Exchange, status: number, denial: Denial): void;
  /** The upstream did not answer. */
  failed(exchange: Exchange, status: number, error: Error): void;
  /** A request could not be judged. */
  fault(exchange: Exchange, error: unknown): void;
  /** One request, whatever became of it: only with the access log. `how`: undefined when it was answered here. */
  served(exchange: Exchange, tookMs: number, how: How | undefined): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
  /** Writes what is held back. */
  flush(): void;
}

export interface LogOptions {
  /** Default: 2, standard error. */
  readonly fd?: number;
  /** A line for every request. Default: only for those that are refused or fail. */
  readonly access?: boolean;
}

export function createLog({ fd = 2, access = false }: LogOptions = {}): Log {
  const stream = destination({ fd, sync: false, maxLength: MAX_HELD_BYTES });
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    stream,
  );
  return {
    denied: (exchange, status, denial) => logger.info({ ...idsOf(exchange), status, ...denial }, 'denied'),
    failed: (exchange, status, error) =>
      logger.warn({ ...idsOf(exchange), status, reason: reasonOf(error) }, 'upstream failed'),
    fault: (exchange, error) => logger.error({ ...idsOf(exchange), err: error }, 'fault'),
    served: access
      ? (exchange, tookMs, how) => logger.info(accessOf(exchange, tookMs, how), 'served')
      : () => undefined,
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    error: (message, details = {}) => logger.error(details, message),
    flush: () => stream.flushSync(),
  };
}

/** Ours, and the caller's own, which appears nowhere else. */
function idsOf(exchange: Exchange): object {
  const client = clientId(exchange.header('x-request-id'));
  return { request: exchange.id, ...(client !== undefined && { client }) };
}

/** Without the query: keys and tokens are sent in it. A status of 0: the caller went away before there was an answer. */
function accessOf(exchange: Exchange, tookMs: number, how: How | undefined): object {
  const { method, target, version, status } = exchange;
  const path = (target.split('?', 1)[0] ?? '').slice(0, MAX_PATH);
  return {
    ...idsOf(exchange),
    method,
    path,
    version,
    status,
    ms: Math.round(tookMs),
    ...(how !== undefined && { how }),
  };
}

/** Undici wraps several attempts in one error without a message of its own. */
function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message || code || error.name;
}
