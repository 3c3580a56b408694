import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** An API that runs predictions: `POST /v1/predictions` begins one, and whoever holds the studio says how it goes on. */
export interface Studio {
  readonly listener: RequestListener;
  /** What became of a prediction, from now on. */
  readonly set: (id: string, status: string) => void;
  /** What a creation costs from now on, in dollars; undefined: it tells no price. */
  price: number | undefined;
  /** What a creation says of its prediction. */
  begins: string;
  /** How the next creation is answered instead, once. */
  failure: number | undefined;
  /** The reservation that came with each creation, in order. */
  readonly reservations: readonly string[];
}

export function studio(): Studio {
  const predictions = new Map<string, string>();
  const reservations: string[] = [];
  const own: Studio = {
    listener: (request, response) => answer(own, predictions, reservations, request, response),
    set: (id, status) => void predictions.set(id, status),
    price: undefined,
    begins: 'starting',
    failure: undefined,
    reservations,
  };
  return own;
}

function answer(
  own: Studio,
  predictions: Map<string, string>,
  reservations: string[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, id = '', verb] = /^\/v1\/predictions\/([^/]+)(?:\/(cancel))?$/.exec(request.url ?? '') ?? [];
  if (request.method === 'POST' && verb === undefined) return create(own, predictions, reservations, request, response);
  const status = predictions.get(id);
  if (status === undefined) return tell(response, 404, { error: 'no such prediction' });
  if (verb === undefined) return tell(response, 200, { id, status });
  if (status !== 'processing') return tell(response, 409, { error: 'it is over' });
  predictions.set(id, 'canceled');
  return tell(response, 200, { id, status: 'canceled' });
}

function create(
  own: Studio,
  predictions: Map<string, string>,
  reservations: string[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { begins, failure, price } = own;
  own.failure = undefined;
  if (failure !== undefined) return tell(response, failure, { error: 'not now' });
  const id = `p${predictions.size + 1}`;
  predictions.set(id, 'processing');
  reservations.push(String(request.headers['x-headgate-reservation']));
  return tell(response, 201, { id, status: begins, ...(price !== undefined && { cost: price }) });
}

function tell(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
