import type { Denial } from 'headgate/http';
import { destination, pino } from 'pino';

/** Bytes of log kept back while stderr does not take them; beyond, lines are dropped rather than requests delayed. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

/** What the gateway says about its work: one JSON object a line, on stderr. Keys and addresses only ever as hashes. */
export interface Log {
  denied(request: string, status: number, denial: Denial): void;
  /** The upstream did not answer. */
  failed(request: string, status: number, error: Error): void;
  /** A request could not be judged. */
  fault(request: string, error: unknown): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  /** Writes what is held back. */
  flush(): void;
}

export function createLog(fd = 2): Log {
  const stream = destination({ fd, sync: false, maxLength: MAX_HELD_BYTES });
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    stream,
  );
  return {
    denied: (request, status, denial) => logger.info({ request, status, ...denial }, 'denied'),
    failed: (request, status, error) => logger.warn({ request, status, reason: reasonOf(error) }, 'upstream failed'),
    fault: (request, error) => logger.error({ request, err: error }, 'fault'),
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    flush: () => stream.flushSync(),
  };
}

/** Undici wraps several attempts in one error without a message of its own. */
function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message || code || error.name;
}
