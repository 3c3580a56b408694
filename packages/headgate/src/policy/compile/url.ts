import type { Path } from '../problem.ts';
import type { Context } from './context.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Checks a URL that will be asked for keys, or with credentials. */
export function checkUrl(context: Context, text: string, schemes: readonly string[], path: Path): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol))
    return context.problems.error('ERR_POLICY_URL', path, `expected a URL that begins with ${schemes.join(' or ')}`);
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    return context.problems.error('ERR_POLICY_URL', path, 'expected no user, password or fragment', { value: null });
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    context.problems.warn('WARN_POLICY_PLAIN', path, 'is asked without TLS: who stands between can answer instead');
}
