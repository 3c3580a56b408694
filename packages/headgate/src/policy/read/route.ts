/** A route as it was written, in parts. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** As requests are compared with them: unescaped, and without the empty one that a slash at the end leaves. */
  readonly segments: readonly string[];
}

const WRITTEN = /^(\S+)\s+(\S+)$/;
const METHOD = /^[A-Z][A-Z0-9-]{0,31}$/;
const VARIABLE = /^:[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** RFC 3986 3.3, and a "%" only where it begins an escape. */
const SEGMENT = /^(?:[A-Za-z0-9\-._~!$&'()+,;=:@]|%[0-9A-Fa-f]{2})+$/;
const MAX_SEGMENTS = 32;

/** Reads `GET /files/:id/**`; text that says why when it cannot. */
export function readRoute(text: string): Route | string {
  const match = WRITTEN.exec(text.trim());
  const [, method = '', path = ''] = match ?? [];
  if (match === null || !path.startsWith('/'))
    return 'expected a method and a path, such as "GET /files/:id" or "ANY /**"';
  if (!METHOD.test(method)) return `expected a method in capitals, or ANY, got "${method}"`;
  const written = path.slice(1).split('/').map(escaped);
  const segments = written.at(-1) === '' ? written.slice(0, -1) : written;
  return segmentsProblem(written) ?? { method, path, segments: segments.map((segment) => decodeURIComponent(segment)) };
}

/** What no path may have as it is, as a request has it. */
function escaped(segment: string): string {
  return segment.replace(/[^\u0021-\u007e]/gu, encodeURIComponent);
}

function segmentsProblem(segments: readonly string[]): string | undefined {
  if (segments.length > MAX_SEGMENTS) return `a path has at most ${MAX_SEGMENTS} segments`;
  const names = new Set<string>();
  for (const [i, segment] of segments.entries()) {
    const wrong = segmentProblem(segment, i === segments.length - 1);
    if (wrong !== undefined) return wrong;
    if (segment.startsWith(':') && names.has(segment)) return `"${segment}" stands in the path twice`;
    names.add(segment);
  }
  return undefined;
}

function segmentProblem(segment: string, isLast: boolean): string | undefined {
  if (segment === '**') return isLast ? undefined : '"**" stands for the rest, so it comes last';
  if (segment === '') return isLast ? undefined : 'a path has no "//": it is taken for one "/"';
  if (segment === '.' || segment === '..') return `"${segment}" is taken out of paths before they are compared`;
  if (segment.startsWith('{')) return `a path variable is written ":${segment.replace(/[{}]/g, '')}"`;
  if (segment.startsWith(':'))
    return VARIABLE.test(segment) ? undefined : `expected a variable such as ":id", got "${segment}"`;
  if (segment.includes('*')) return `expected ":name" for one segment or a last "**" for the rest, got "${segment}"`;
  return SEGMENT.test(segment) ? escapesProblem(segment) : `"${segment}" has a character that no path may have`;
}

/** Requests are refused for what these escapes hide, or they would be read as something else here. */
function escapesProblem(segment: string): string | undefined {
  const plain = unescaped(segment);
  if (plain === undefined) return `"${segment}" is not UTF-8 without its escapes`;
  // oxlint-disable-next-line no-control-regex -- these are the characters that must be found
  if (/[\u0000-\u001f\u007f/\\]/.test(plain)) return `"${segment}" hides a character that requests are refused for`;
  if (/^:|^\*\*$|^\.\.?$/.test(plain))
    return `"${segment}" is "${plain}" without its escapes, which means something else`;
  return undefined;
}

function unescaped(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Whether every request that `later` matches is matched by `earlier`. */
export function covers(earlier: Route, later: Route): boolean {
  if (earlier.method !== 'ANY' && counted(earlier.method) !== counted(later.method)) return false;
  for (let i = 0; ; i++) {
    const [mine, other] = [earlier.segments[i], later.segments[i]];
    if (mine === '**') return true;
    if (mine === undefined || other === undefined) return mine === other;
    if (other === '**') return false;
    if (!mine.startsWith(':') && mine !== other) return false;
  }
}

/** HEAD asks for what GET would bring, and is counted as GET (RFC 9110 9.3.2). */
function counted(method: string): string {
  return method === 'HEAD' ? 'GET' : method;
}
