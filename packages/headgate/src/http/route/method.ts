import type { RequestView } from '../request.ts';
import { bodyBytes } from './body-bytes.ts';

/** `HEAD` asks for what `GET` would bring, so it is matched and counted as `GET` (RFC 9110 9.3.2). */
export function countedMethod(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}

/**
 * The method that a browser asks leave for, when this is such a question (Fetch, "CORS-preflight request"): it carries neither
 * credentials nor a body. Any other OPTIONS is a request like others.
 */
export function preflightMethod(view: RequestView): string | undefined {
  if (view.method !== 'OPTIONS' || view.header('origin') === undefined || bodyBytes(view) !== 0) return undefined;
  return view.header('access-control-request-method');
}
