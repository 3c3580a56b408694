import { headersOf } from '../header-text.ts';
import type { Ending } from './ending.ts';

/** As expressions read it. */
export type Response = Readonly<Record<string, unknown>>;

/**
 * What expressions read of a response when its exchange is over. What is not known is missing, so that whatever reads it fails: no status
 * and no class when the API never answered, no body when it could not be read.
 */
export function responseOf({ status, fields, body, sentBytes, tookMs }: Ending): Response {
  const response: Record<string, unknown> = {
    ok: isSuccess(status),
    headers: headersOf(fields),
    ms: tookMs,
    bytes: sentBytes,
  };
  if (status !== undefined) {
    response['status'] = status;
    response['class'] = `${Math.floor(status / 100)}xx`;
  }
  if (body.is === 'json') response['body'] = body.value;
  return response;
}

export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
