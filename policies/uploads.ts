import type { RequestListener, ServerResponse } from 'node:http';

/** An API that takes uploads, and answers each when whoever holds it says so. */
export interface Uploads {
  readonly listener: RequestListener;
  /** Uploads under way. */
  readonly waiting: () => number;
  /** Answers the one that waits longest. */
  readonly finish: (status?: number) => void;
  /** From now on uploads are answered at once, with this status, and before their body has come. */
  atOnce: number | undefined;
}

export function uploads(): Uploads {
  const waiting: ServerResponse[] = [];
  let stored = 0;
  const done = (response: ServerResponse, status: number): void => {
    const body = status < 300 ? { id: `f${++stored}` } : { error: 'not stored' };
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const own: Uploads = {
    waiting: () => waiting.length,
    finish: (status = 201) => {
      const [next] = waiting.splice(0, 1);
      if (next !== undefined) done(next, status);
    },
    atOnce: undefined,
    listener(request, response) {
      if (request.method === 'DELETE') return void response.writeHead(204).end();
      if (own.atOnce !== undefined) return done(response, own.atOnce);
      request.resume();
      waiting.push(response);
      response.on('close', () => {
        const at = waiting.indexOf(response);
        if (at >= 0) waiting.splice(at, 1);
      });
    },
  };
  return own;
}
