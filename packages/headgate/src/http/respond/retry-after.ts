import type { Answer } from '../../profile/index.ts';
import { httpDate, seconds } from './format.ts';
import { waitMsOf, type Told } from './told.ts';

/** RFC 9110 10.2.3: whole seconds. Undefined when no wait helps, or none is known. */
export function retryAfterOf(told: Told): number | undefined {
  const waitMs = told.denied ? waitMsOf(told) : undefined;
  return waitMs === undefined ? undefined : seconds(waitMs);
}

/**
 * Leaves one `Retry-After` among the fields of a refusal, that is not too early: what was written stands where it is later than the
 * true wait, or the answer says that it only advises. A request that no wait helps is told none.
 */
export function settleRetryAfter(fields: string[], told: Told, answer: Answer): void {
  const written = takeOut(fields);
  if (answer.retryAfter === false) return;
  const isFree = written !== undefined && (answer.advisory === true || told.outcome?.allowed !== false);
  const value = isFree ? written : honest(written, told);
  if (value !== undefined) fields.push('Retry-After', value);
}

function honest(written: string | undefined, told: Told): string | undefined {
  const waitMs = waitMsOf(told);
  if (waitMs === undefined) return undefined;
  const least = seconds(waitMs);
  if (written === undefined) return String(least);
  if (/^\d+$/.test(written)) return String(Math.max(least, Number(written)));
  const atMs = Date.parse(written);
  if (Number.isNaN(atMs)) return String(least);
  return atMs >= told.wallAtMs + waitMs ? written : httpDate(told.wallAtMs + waitMs);
}

/** Takes out every `Retry-After`, and returns the last: an answer's own comes after those of blocks. */
function takeOut(fields: string[]): string | undefined {
  let last: string | undefined;
  for (let i = fields.length - 2; i >= 0; i -= 2) {
    if (fields[i]?.toLowerCase() !== 'retry-after') continue;
    last ??= fields[i + 1];
    fields.splice(i, 2);
  }
  return last;
}
