import type { RequestView } from '../request.ts';

/** Why a target is refused. The reason is shown to the caller. */
export interface BadTarget {
  readonly bad: string;
}

const PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * The path of an absolute target (RFC 9112 3.2.2). Its authority must be the `Host` that the upstream's routing may go by, and its
 * scheme the connection's: whoever serves many hosts could otherwise be asked for one, and counted for another.
 */
export function originForm(view: Pick<RequestView, 'target' | 'scheme' | 'headers'>): string | BadTarget {
  const { target, scheme } = view;
  const [, given = '', authority = '', rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/is.exec(target) ?? [];
  if (authority === '') return { bad: 'the request target is not a path' };
  if (given.toLowerCase() !== scheme) return { bad: `the request target is not of this scheme, ${scheme}` };
  const hosts = view.headers('host');
  const [host = ''] = hosts;
  if (hosts.length !== 1 || hostOf(authority, scheme) !== hostOf(host, scheme))
    return { bad: 'the request target and the Host field name different hosts' };
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** In small letters, without the port that goes without saying; user information stays, and is never a host's. */
function hostOf(authority: string, scheme: string): string {
  const lower = authority.trim().toLowerCase();
  const port = PORTS[scheme] ?? '';
  if (lower.endsWith(':')) return lower.slice(0, -1);
  return port !== '' && lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}
