import { HeadgateError } from '../../../core/index.ts';
import type { Directory, Secret } from '../../../profile/index.ts';

/** Letters of a credential that is sent on; a longer one is nobody's. */
const MAX_LENGTH = 4096;
/** What a header may carry as it is: anything else could be read as another header, or as another credential. */
const SENDABLE = /^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/;

/** Makes the headers of a call; undefined for a credential that no header can carry. */
export type HeadersOf = (credential: string) => Record<string, string> | undefined;

/** @throws HeadgateError `ERR_SECRET` when a variable that the policy names is not set */
export function headersFor(
  source: string,
  spec: Directory,
  env: Readonly<Record<string, string | undefined>>,
): HeadersOf {
  const own: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of spec.headers) own[name] = secretOf(value, env, `identify.${source}.http.headers.${name}`);
  return (credential) => {
    if (credential.length > MAX_LENGTH) return undefined;
    if (spec.send === 'basic') return { ...own, authorization: `Basic ${base64(credential)}` };
    if (!SENDABLE.test(credential)) return undefined;
    return spec.send === 'bearer'
      ? { ...own, authorization: `Bearer ${credential}` }
      : { ...own, [spec.send]: credential };
  };
}

/** @throws HeadgateError `ERR_SECRET` */
export function secretOf(secret: Secret, env: Readonly<Record<string, string | undefined>>, path: string): string {
  if ('text' in secret) return secret.text;
  const value = env[secret.env];
  if (value !== undefined && value !== '') return value;
  throw new HeadgateError('ERR_SECRET', `${path}: expected the variable ${secret.env} to be set in the environment`);
}

/** `user` is sent as `user:`, as it is where nobody has a password (RFC 7617 2). */
function base64(credential: string): string {
  const text = credential.includes(':') ? credential : `${credential}:`;
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
