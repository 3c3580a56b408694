import { headersOf } from '../header-text.ts';
import type { Fields } from '../request.ts';
import { seconds } from './format.ts';
import { amountOf, remainingOf, resetInMsOf, usedOf, waitMsOf, type Roots, type Told } from './told.ts';

/**
 * What expressions in a response may read besides the request. `limit` is the limit they stand for, in a header block of its
 * `of`, in an answer the reported one; `response` is there once a status is known. Times are in seconds.
 */
export function rootsOf(told: Told, index: number, status: number | undefined): Roots {
  const waitMs = told.denied ? waitMsOf(told) : 0;
  return {
    reported: told.limits[told.reported]?.name ?? '',
    reason: told.outcome?.allowed === false ? told.outcome.no : '',
    ...(waitMs !== undefined && { retryAfter: seconds(waitMs) }),
    ...(told.limits[index] !== undefined && { limit: limitRoot(told, index) }),
    ...(status !== undefined && { response: responseRoot(status, told.upstream) }),
  };
}

function limitRoot(told: Told, index: number): Roots {
  const limit = told.limits[index];
  const amount = limit && amountOf(told, index);
  const used = usedOf(told, index);
  const resetInMs = resetInMsOf(told, index);
  return {
    name: limit?.name,
    label: limit?.label,
    unit: limit?.unit,
    amount,
    used,
    remaining: remainingOf(told, index),
    fraction: amount === undefined || amount === 0 ? 1 : used / amount,
    overridden: limit?.overridden,
    ...(resetInMs !== undefined && { resetIn: seconds(resetInMs) }),
  };
}

/** `class` is `2xx`, `4xx` … */
function responseRoot(status: number, upstream: Fields | undefined): Roots {
  const root = { status, ok: status >= 200 && status < 300, class: `${Math.floor(status / 100)}xx` };
  return upstream === undefined ? root : { ...root, headers: headersOf(upstream) };
}
