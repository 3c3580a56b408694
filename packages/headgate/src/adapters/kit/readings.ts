/** How a framework reads a path that has chosen its handler before anybody is asked. */
export interface Reading {
  /** Whether it finds a path some of whose letters are escaped. */
  readonly unescapes: boolean;
  /** Whether a slash at the end is nothing to it. Undefined: nobody can tell, so the policy is believed. */
  readonly ignoresEnd: boolean | undefined;
}

/** RFC 3986 2.3: an escape of one of these is another spelling of the same path. */
const UNRESERVED = /[\w.~-]/;

/** Of either form of a target (RFC 9112 3.2), as routers know them: whose host it is was looked at before. */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/, '').split('?', 1)[0] ?? '';

/** Escapes that say nothing are undone, the others are in upper case (RFC 3986 6.2.2). */
function plain(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(char) ? char : escape.toUpperCase();
  });
}

/**
 * Whether the handler that was chosen for a path is the one that was counted. Who spells a path with double slashes or dots, or
 * with a slash at the end where policy and framework differ on it, wants two programs to read it in two ways.
 */
export function readsAlike(
  came: string,
  counted: string | undefined,
  { unescapes, ignoresEnd }: Reading,
  trailingSlash: 'same' | 'distinct',
): boolean {
  if (counted === undefined) return true;
  const [theirs, ours] = [pathOf(came), pathOf(counted)];
  const hasEnd = theirs.length > 1 && theirs.endsWith('/');
  if (hasEnd && ignoresEnd !== undefined && ignoresEnd !== (trailingSlash === 'same')) return false;
  return theirs === ours || (unescapes && plain(theirs) === plain(ours));
}
