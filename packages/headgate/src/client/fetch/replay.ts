import type { AskedFor } from './options.ts';

/** What fetch takes. */
export type FetchInput = string | URL | Request;

/** A call that can be made again, or cannot. */
export type Replay = readonly [
  again: boolean,
  /** What to fetch; a body that is used up by it stands in the `init` that goes with it. */
  make: () => FetchInput,
];

/** A request's body is kept so far, to be sent again; a longer one is sent as it comes, once. */
const MAX_KEPT_BYTES = 1_048_576;

/** Whether what may have happened may happen again: by its method (RFC 9110 9.2.2; TRACE is none of fetch's) or its key. */
export const isIdempotent = ({ method, headers }: AskedFor): boolean =>
  /^(GET|HEAD|OPTIONS|PUT|DELETE)$/i.test(method) || headers.has('idempotency-key');

/** Finds out whether the body can be sent twice. Texts, bytes, forms and blobs can; a stream flows once. */
export async function replayOf(input: FetchInput, init: RequestInit | undefined): Promise<Replay> {
  const body = init?.body;
  if (!body && input instanceof Request && input.body) return kept(input, input.body);
  const flows = typeof body === 'object' && body && ('getReader' in body || Symbol.asyncIterator in body);
  return [!flows, () => input];
}

/** Reads what it may of a request's body. What was read of a longer one is sent with the rest: nothing of it is lost. */
async function kept(request: Request, body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Replay> {
  const [copy, flow] = body.tee();
  const reader = copy.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let bytes = 0; bytes <= MAX_KEPT_BYTES;) {
    const { value } = await reader.read();
    if (!value) return [true, () => new Request(request, { body: new Blob(chunks) })];
    bytes += value.length;
    chunks.push(value);
  }
  void reader.cancel();
  // A cast: the types of RequestInit do not know `duplex` yet, without which a stream is refused (Fetch, 5.4).
  return [false, () => new Request(request, { body: flow, duplex: 'half' } as RequestInit)];
}
