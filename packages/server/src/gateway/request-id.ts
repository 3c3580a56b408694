import { randomBytes } from 'node:crypto';

/** Ids of requests: of this process, in the order they came. */
const PROCESS_ID = randomBytes(5).toString('hex');
let requests = 0;

export function nextId(): string {
  return `${PROCESS_ID}-${(++requests).toString(36)}`;
}

/** Characters of a caller's own id that the log takes. */
const MAX_CLIENT_ID = 128;

/** The id that a caller gave its request, fit for a log: printable, and cut. It is never used for anything else. */
export function clientId(text: string | undefined): string | undefined {
  return text?.replace(/[^\u0020-\u007e]/g, '?').slice(0, MAX_CLIENT_ID);
}
