import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { problem, PROBLEM_TYPE, upon, type Fields, type Soon } from 'headgate/http';

/** How long a caller may take to read why its connection ends. */
const MAX_FAREWELL_MS = 1000;

const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The header fields are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
};
const UNREADABLE = [400, 'This is not HTTP as it is spoken here.'] as const;

/** Answers what Node's parser refuses: a head that is no HTTP, lengths that contradict each other, fields without end. */
export function refuseUnreadable(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  fieldsOf: (status: number) => Soon<Fields>,
): void {
  const [status, detail] = REFUSALS[error.code ?? ''] ?? UNREADABLE;
  void upon(fieldsOf(status), (fields) => endWith(socket, status, detail, fields));
}

/** The last answer of a connection that has no `ServerResponse` to write it with. */
export function endWith(socket: Duplex, status: number, detail: string, fields: Fields = []): void {
  const body = problem(status, detail);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  for (let i = 0; i + 1 < fields.length; i += 2) head.push(`${fields[i]}: ${fields[i + 1]}`);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Closing at once, with bytes unread, would reset the connection and lose the answer.
  const farewell = setTimeout(() => socket.destroy(), MAX_FAREWELL_MS);
  socket.on('error', () => socket.destroy()).on('close', () => clearTimeout(farewell));
}
