/** RFC 3986 2.3: an escape of one of these is another spelling of the same path. */
const UNRESERVED = /[\w.~-]/;

/** Of either form of a target (RFC 9112 3.2): whose host it is was looked at before. */
const pathOf = (target: string): string => target.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';

/** Escapes that say nothing are undone, the others are in upper case (RFC 3986 6.2.2). */
function plain(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNRESERVED.test(char) ? char : escape.toUpperCase();
  });
}

/**
 * Whether a framework that has chosen its handler by the path as it came has chosen the one that was counted. Who spells a path with
 * double slashes or dots wants two programs to read it in two ways.
 */
export function readsAlike(came: string, counted: string | undefined): boolean {
  return counted === undefined || came === counted || plain(pathOf(came)) === plain(pathOf(counted));
}
