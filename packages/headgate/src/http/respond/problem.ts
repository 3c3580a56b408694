import type { Told } from './told.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Title of each status that the gate or the gateway answers by itself. */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Content Too Large',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** A problem (RFC 9457) with no type of its own: its title is the status's. */
export function problem(status: number, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail });
}

/** The problem of a request that limits refuse, with the type the RateLimit fields' draft registers (section 4). */
export function exceededProblem(
  status: number,
  told: Told,
  violated: readonly string[],
  retryAfter: number | undefined,
): string {
  const limit = told.limits[told.reported];
  const name = limit === undefined ? 'A limit' : `The limit "${limit.label}"`;
  const advice =
    retryAfter === undefined
      ? 'No wait will help: the request is larger than the limit.'
      : `Retry after ${retryAfter} seconds.`;
  return JSON.stringify({
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    title: 'Request cannot be satisfied as assigned quota has been exceeded',
    status,
    detail: `${name} is used up. ${advice}`,
    'violated-policies': violated,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}
