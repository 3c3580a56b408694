import { BACKOFF_MS, MAX_BODY_CHARS } from '../figures.ts';
import type { Timer } from '../model/pacer.ts';
import type { RateLimitInfo } from '../parse/told.ts';

/**
 * 429, and what others say instead: 420 (EVE Online), 403 with nothing left (GitHub), and any 4xx that tells when to come
 * again (403 of GitHub's secondary limits, 418 of Binance).
 */
export const isRefusal = ({ status, headers }: Response, { binding }: RateLimitInfo): boolean =>
  status === 429 ||
  status === 420 ||
  (status === 403 && binding?.remaining === 0) ||
  (status > 399 && status < 500 && headers.has('retry-after'));

/** The beginning of a body, which stays whole for whoever gets the answer. */
export async function hintsIn(response: Response, { after }: Timer): Promise<string> {
  const reader = response.clone().body?.pipeThrough(new TextDecoderStream()).getReader();
  // What does not come is not waited for, and what is longer not read.
  after(BACKOFF_MS, () => void reader?.cancel().catch(() => {}));
  let text = '';
  try {
    let part: string | undefined;
    while (text.length < MAX_BODY_CHARS && (part = (await reader?.read())?.value)) text += part;
  } catch {
    // What broke off tells what came of it.
  }
  return text;
}
