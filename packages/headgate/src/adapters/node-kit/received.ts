import { upon, type Answered, type Brought, type Soon, type Visit } from '../kit/index.ts';
import type { Exchange } from './request.ts';

/** What frameworks leave of a body that they have read: as it came, or as handlers will see it. */
interface Parsed {
  readonly rawBody?: unknown;
  readonly body?: unknown;
}

/** The body of a request that somebody before the gate has read. It is judged as handlers will see it. */
export class Received {
  readonly #bytes: Buffer;

  constructor({ native, request }: Pick<Exchange, 'native' | 'request'>) {
    const { rawBody, body = (request as Parsed).body }: Parsed = native;
    this.#bytes = bytesOf(rawBody ?? body);
  }

  async bring(maxBytes: number): Promise<Brought> {
    const bytes = this.#bytes;
    return bytes.length > maxBytes ? { is: 'unread', why: 'too-long' } : { is: 'whole', bytes };
  }

  pass(visit: Visit, cut: (answer: Answered) => void): void {
    const said = this.measured(visit);
    if (said !== undefined) void upon(said, cut);
  }

  /** The answer, where it is too much. */
  measured(visit: Visit): Soon<Answered> | undefined {
    return visit.inspect(this.#bytes) ?? visit.inspect(undefined);
  }

  drop(): void {
    // Nothing is held back.
  }
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(body === undefined ? '' : JSON.stringify(body));
}
