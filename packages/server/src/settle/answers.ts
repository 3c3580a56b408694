import type { ServerResponse } from 'node:http';
import { problem, PROBLEM_TYPE } from 'headgate/http';

/** What is answered, as data: a problem (RFC 9457) unless all went well. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly fields?: Readonly<Record<string, string>>;
}

export function refusal(status: number, detail: string, fields?: Answer['fields']): Answer {
  return { status, body: problem(status, detail), ...(fields !== undefined && { fields }) };
}

/** A connection that was refused ends: what is left of its body is nobody's to read. */
export function send(response: ServerResponse, { status, body, fields }: Answer): void {
  response
    .writeHead(status, {
      'Content-Type': status === 200 ? 'application/json' : PROBLEM_TYPE,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...(status !== 200 && { Connection: 'close' }),
      ...fields,
    })
    .end(body);
}
