/** What of a response is read. A Web `Response` is one. */
export interface Reply {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Asks over HTTP as the platform's own `fetch` does, and must not follow redirects. */
export type Fetch = (
  url: string,
  how: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Reply>;

/** All that identification does outside of this process, passed in. */
export interface Outside {
  readonly fetch: Fetch;
  /** The text of a file, by its `file:` URL. */
  readonly readFile: (url: URL) => Promise<string>;
  /** A signal that is aborted after so many ms. */
  readonly deadline: (afterMs: number) => AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The platform's own, where nothing else is given. */
export function outsideOf(given: Partial<Outside>): Outside {
  return {
    fetch: given.fetch ?? ((url, how) => globalThis.fetch(url, how)),
    readFile: given.readFile ?? readFile,
    deadline: given.deadline ?? ((afterMs) => AbortSignal.timeout(afterMs)),
    env: given.env ?? globalThis.process?.env ?? {},
  };
}

/** Asked for when a file is read, and not imported: a platform without files has no such module, nor a bundler for it. */
async function readFile(url: URL): Promise<string> {
  const { promises } = globalThis.process.getBuiltinModule('node:fs');
  return promises.readFile(url, 'utf8');
}

/**
 * A promise that is given up when the signal is aborted, whether or not those who work on it look at the signal.
 * @throws Error when it is aborted first
 */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('no answer in time'));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/**
 * The body of a reply, as text.
 * @throws Error beyond `mostBytes`, or when it is not UTF-8
 */
export async function textOf({ body }: Reply, mostBytes: number): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, bytes] = ['', 0];
  // Leaving the loop lets go of the rest of the body.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
