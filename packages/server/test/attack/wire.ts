/** One HTTP/1 message as the strictest of readers takes it: what it does not understand is a fault, never a guess. */
export interface Message {
  /** The request line, or the status line. */
  readonly first: string;
  /** `[lower-case name, value]`, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** The next message, where it ends, and whether all of it is there; a text when it is no HTTP/1.1. */
export type Read = { readonly message: Message; readonly end: number } | 'incomplete' | { readonly fault: string };

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads one message of `bytes` (Latin-1) from `at` on. A request without a length has no body. */
function readMessage(bytes: string, at: number, isBodiless: (first: string) => boolean): Read {
  const end = bytes.indexOf('\r\n\r\n', at);
  if (end < 0) return /[^\r]\n|\r[^\n]/.test(bytes.slice(at)) ? { fault: 'a bare line break' } : 'incomplete';
  const [first = '', ...lines] = bytes.slice(at, end).split('\r\n');
  const fields: (readonly [string, string])[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):[ \t]*(.*?)[ \t]*$/s.exec(line) ?? [];
    // oxlint-disable-next-line no-control-regex -- controls are what is looked for
    if (!TOKEN.test(name) || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      return { fault: `the field ${JSON.stringify(line)}` };
    fields.push([name.toLowerCase(), value]);
  }
  const body = isBodiless(first) ? { text: '', end: end + 4 } : readBody(bytes, end + 4, fields);
  if (body === 'incomplete' || 'fault' in body) return body;
  return { message: { first, fields, body: body.text }, end: body.end };
}

export function valuesOf({ fields }: Pick<Message, 'fields'>, name: string): string[] {
  return fields.filter(([each]) => each === name).map(([, value]) => value);
}

type Body = { readonly text: string; readonly end: number } | 'incomplete' | { readonly fault: string };

function readBody(bytes: string, at: number, fields: Message['fields']): Body {
  const [lengths, codings] = [valuesOf({ fields }, 'content-length'), valuesOf({ fields }, 'transfer-encoding')];
  if (lengths.length + codings.length > 1) return { fault: 'two framings' };
  if (codings.length === 1) return codings[0] === 'chunked' ? readChunks(bytes, at) : { fault: `coded ${codings[0]}` };
  if (lengths.length === 0) return { text: '', end: at };
  if (!/^\d+$/.test(lengths[0] ?? '')) return { fault: `the length ${lengths[0]}` };
  const end = at + Number(lengths[0]);
  return end > bytes.length ? 'incomplete' : { text: bytes.slice(at, end), end };
}

function readChunks(bytes: string, from: number): Body {
  let [text, at] = ['', from];
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return 'incomplete';
    const size = bytes.slice(at, line);
    if (!/^[0-9a-f]+$/i.test(size)) return { fault: `the chunk size ${JSON.stringify(size)}` };
    const length = Number.parseInt(size, 16);
    const end = line + 2 + length;
    if (bytes.length < end + 2) return 'incomplete';
    if (bytes.slice(end, end + 2) !== '\r\n') return { fault: 'a chunk that is longer than its size' };
    text += bytes.slice(line + 2, end);
    at = end + 2;
    if (length === 0) return { text, end: at };
  }
}

/** All messages of a stream, until something cannot be read or is not whole. */
export function readAll(
  bytes: string,
  isBodiless: (first: string) => boolean = () => false,
): { messages: Message[]; rest: string; fault: string | undefined } {
  const messages: Message[] = [];
  let at = 0;
  while (at < bytes.length) {
    const read = readMessage(bytes, at, isBodiless);
    if (read === 'incomplete') break;
    if ('fault' in read) return { messages, rest: bytes.slice(at), fault: read.fault };
    messages.push(read.message);
    at = read.end;
  }
  return { messages, rest: bytes.slice(at), fault: undefined };
}
