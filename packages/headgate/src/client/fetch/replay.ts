/** What fetch takes. */
export type FetchInput = string | URL | Request;

/** A call that can be made again, or cannot. */
export interface Replay {
  readonly again: boolean;
  readonly make: () => [input: FetchInput, init: RequestInit | undefined];
}

/** A request's body is kept so far, to be sent again; a longer one is sent as it comes, once. */
const MAX_KEPT_BYTES = 1_048_576;

/** Methods that RFC 9110 9.2.2 calls idempotent. */
const IDEMPOTENT = /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/i;

/** Whether what may have happened may happen again. */
export const isIdempotent = (method: string, headers: Headers): boolean =>
  IDEMPOTENT.test(method) || headers.has('idempotency-key');

/** Finds out whether the body can be sent twice. Texts, bytes, forms and blobs can; a stream flows once. */
export async function replayOf(input: FetchInput, init: RequestInit | undefined): Promise<Replay> {
  const body = init?.body;
  if (body !== undefined && body !== null) return { again: !isStream(body), make: () => [input, init] };
  if (typeof input === 'string' || input instanceof URL || input.body === null)
    return { again: true, make: () => [input, init] };
  return kept(input, input.body, init);
}

const isStream = (body: object | string): boolean =>
  typeof body === 'object' && ('getReader' in body || Symbol.asyncIterator in body);

/** Reads what it may of a request's body. What has been read is sent in any case: nothing of it is lost. */
async function kept(
  request: Request,
  body: ReadableStream<Uint8Array>,
  init: RequestInit | undefined,
): Promise<Replay> {
  const reader = body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let bytes = 0; bytes <= MAX_KEPT_BYTES;) {
    const { done, value } = await reader.read();
    if (done)
      return { again: true, make: () => [request.url, { ...partsOf(request), body: new Blob(chunks), ...init }] };
    bytes += value.byteLength;
    chunks.push(new Uint8Array(value));
  }
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value;
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  // A cast: the types of RequestInit do not know `duplex` yet, without which a stream is refused (Fetch, 5.4).
  const flow = { ...partsOf(request), body: stream, duplex: 'half', ...init } as RequestInit;
  return { again: false, make: () => [request.url, flow] };
}

/** All of a request but its body. */
function partsOf({
  method,
  headers,
  signal,
  mode,
  credentials,
  cache,
  redirect,
  referrer,
  integrity,
  keepalive,
}: Request): RequestInit {
  const init = { method, headers, signal, credentials, cache, redirect, referrer, integrity, keepalive };
  // `navigate` may not be asked for by a script.
  return mode === 'navigate' ? init : { ...init, mode };
}
