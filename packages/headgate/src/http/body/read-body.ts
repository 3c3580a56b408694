import type { Bring, RequestView } from '../request.ts';
import { bodyBytes } from '../route/body-bytes.ts';
import { readJson } from './json.ts';

/** The longest body that limits read, where the server does not say otherwise. */
export const MAX_BODY_BYTES: number = 1024 * 1024;

/** What a body said; `value` is undefined when there is none. */
export type BodyRead = { readonly is: 'read'; readonly value: unknown } | BodyRefused;

/** Why a body that limits must read cannot be read. */
export interface BodyRefused {
  readonly is: 'refused';
  readonly status: 400 | 408 | 413 | 415 | 503;
  readonly detail: string;
}

/** A body that is read must be in no coding (RFC 9110 8.4): what it comes to could be anything, of any length. */
export function codingProblem(view: RequestView): BodyRefused | undefined {
  const codings = view.headers('content-encoding').join(',').trim();
  if (codings === '' || /^identity$/i.test(codings)) return undefined;
  return refused(415, 'The limits of this request are told by its body, which must have no Content-Encoding.');
}

/**
 * Reads the JSON body of a request, whatever its type says: what an API would read must not escape its limits by another name.
 * One that cannot be read is refused: nobody may be counted elsewhere, or less, by making a body unreadable.
 */
export async function readBody(view: RequestView, bring: Bring | undefined, maxBytes: number): Promise<BodyRead> {
  const declared = bodyBytes(view);
  if (declared === 0) return { is: 'read', value: undefined };
  const coded = codingProblem(view);
  if (coded !== undefined) return coded;
  if (declared !== undefined && declared > maxBytes) return unread('too-long', maxBytes);
  if (bring === undefined) return unread('busy', maxBytes);
  const brought = await bring(maxBytes);
  if (brought.is === 'unread') return unread(brought.why, maxBytes);
  if (brought.bytes.length === 0) return { is: 'read', value: undefined };
  const read = readJson(brought.bytes);
  if (read.is === 'json') return { is: 'read', value: read.value };
  return refused(400, `The limits of this request are told by its body, which cannot be read: ${read.why}.`);
}

function unread(why: 'too-long' | 'slow' | 'torn' | 'busy', maxBytes: number): BodyRefused {
  switch (why) {
    case 'too-long':
      return refused(413, `The limits of this request are told by its body, which may have ${maxBytes} bytes.`);
    case 'slow':
      return refused(408, 'The body did not come in time.');
    case 'torn':
      return refused(400, 'The body broke off.');
    case 'busy':
      return refused(503, 'The body cannot be read just now.');
    default:
      return why satisfies never;
  }
}

function refused(status: BodyRefused['status'], detail: string): BodyRefused {
  return { is: 'refused', status, detail };
}
