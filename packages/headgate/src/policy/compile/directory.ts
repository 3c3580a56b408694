import type { Directory } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readSpan } from '../read/span.ts';
import type { DirectoryInput } from '../schema/find.ts';
import type { Context } from './context.ts';
import { fieldNameProblem } from './header.ts';
import { compileSecret } from './secret.ts';
import { checkUrl } from './url.ts';

const HOURS = 3_600_000;
/** Words that are durations, each with its default and its bounds. */
const SPANS = {
  timeout: { usual: 2000, leastMs: 1, mostMs: 30_000, most: '30s' },
  found: { usual: 60_000, leastMs: 0, mostMs: 24 * HOURS, most: '24h' },
  missing: { usual: 10_000, leastMs: 0, mostMs: 24 * HOURS, most: '24h' },
  stale: { usual: 300_000, leastMs: 0, mostMs: 24 * HOURS, most: '24h' },
} as const;

/** Compiles how a directory is asked, and how long its word holds. */
export function compileDirectory(context: Context, given: DirectoryInput, path: Path): Directory {
  const { cache = {} } = given;
  const span = (word: keyof typeof SPANS, text: string | undefined, at: Path): number => {
    const read = text === undefined ? SPANS[word].usual : readSpan(text, SPANS[word]);
    if (typeof read === 'number') return read;
    context.problems.error('ERR_POLICY_RANGE', [...at, word], read);
    return SPANS[word].usual;
  };
  checkUrl(context, given.url, ['https:', 'http:'], [...path, 'url']);
  return {
    url: given.url,
    method: given.method ?? 'GET',
    send: sendOf(context, given.send ?? 'bearer', [...path, 'send']),
    headers: headersOf(context, given, [...path, 'headers']),
    timeoutMs: span('timeout', given.timeout, path),
    foundMs: span('found', cache.found, [...path, 'cache']),
    missingMs: span('missing', cache.missing, [...path, 'cache']),
    staleMs: span('stale', cache.stale, [...path, 'cache']),
    entries: cache.entries ?? 10_000,
    concurrent: given.concurrent ?? 32,
  };
}

function sendOf(context: Context, send: string, path: Path): string {
  const problem = fieldNameProblem(send);
  if (problem !== undefined) context.problems.error('ERR_POLICY_HEADER', path, problem);
  return send.toLowerCase();
}

/** The header that a credential is sent in. */
function sentIn(send: string | undefined): string {
  const lower = (send ?? 'bearer').toLowerCase();
  return lower === 'bearer' || lower === 'basic' ? 'authorization' : lower;
}

function headersOf(context: Context, { headers = {}, send }: DirectoryInput, path: Path): Directory['headers'] {
  return Object.entries(headers).map(([name, value]) => {
    const at = [...path, name];
    const taken = name.toLowerCase() === sentIn(send) ? 'is where the credential is sent' : undefined;
    const problem = taken ?? fieldNameProblem(name) ?? valueProblem(value);
    if (problem !== undefined) context.problems.error('ERR_POLICY_HEADER', at, problem, { value: null });
    return [name.toLowerCase(), compileSecret(context, value, at)];
  });
}

function valueProblem(value: unknown): string | undefined {
  const isSendable = typeof value !== 'string' || /^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/.test(value);
  return isSendable ? undefined : 'expected printable characters, and none of them a space at either end';
}
