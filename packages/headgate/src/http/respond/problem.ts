import { titleOf } from './titles.ts';
import { refuses, type Told } from './told.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Extension members of a problem (RFC 9457 3.2). */
export type Members = Readonly<Record<string, unknown>>;

/** A problem (RFC 9457) with no type of its own: its title is the status's (4.2.1). */
export function problem(status: number, detail: string, members: Members = {}): string {
  return JSON.stringify({ type: 'about:blank', title: titleOf(status), status, detail, ...members });
}

interface ProblemKind {
  readonly name: string;
  readonly title: string;
}

/** The types that the RateLimit fields' draft registers (draft-11 5.1 to 5.3). */
const QUOTA: ProblemKind = {
  name: 'quota-exceeded',
  title: 'Request cannot be satisfied as assigned quota has been exceeded',
};
const CAPACITY: ProblemKind = {
  name: 'temporary-reduced-capacity',
  title: 'Request cannot be satisfied due to temporary server capacity constraints',
};
const ABNORMAL: ProblemKind = {
  name: 'abnormal-usage-detected',
  title: 'Request not satisfied due to detection of abnormal request pattern',
};

/** The problem of a request that limits refuse. 503 is the status of a server that lacks capacity, whoever asks. */
export function exceededProblem(
  status: number,
  told: Told,
  retryAfter: number | undefined,
  members: Members = {},
): string {
  const { name, title } = told.unidentified ? ABNORMAL : status === 503 ? CAPACITY : QUOTA;
  return JSON.stringify({
    type: `https://iana.org/assignments/http-problem-types#${name}`,
    title,
    status,
    detail: `${subjectOf(told)} ${adviceOf(told, retryAfter)}`,
    'violated-policies': told.limits
      .filter((limit, i) => refuses(told, i) && limit.published.is !== 'hidden')
      .map((limit) => limit.told ?? limit.name),
    ...(retryAfter !== undefined && { retryAfter }),
    ...members,
  });
}

/** The problem of a request of which nobody can tell whether limits refuse it. */
export function capacityProblem(status: number, detail: string, members: Members = {}): string {
  const type = `https://iana.org/assignments/http-problem-types#${CAPACITY.name}`;
  return JSON.stringify({ type, title: CAPACITY.title, status, detail, ...members });
}

function subjectOf(told: Told): string {
  const limit = told.limits[told.reported];
  if (told.unidentified) return 'Too many requests from this address that nobody could be identified by.';
  return limit === undefined || limit.published.is === 'hidden'
    ? 'A limit is used up.'
    : `The limit "${limit.label}" is used up.`;
}

function adviceOf({ outcome }: Told, retryAfter: number | undefined): string {
  if (outcome?.no === 'never') return 'No wait will help: the request is larger than the limit.';
  return retryAfter === undefined ? 'Try again later.' : `Retry after ${retryAfter} seconds.`;
}
