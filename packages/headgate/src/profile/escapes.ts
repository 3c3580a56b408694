/** Whether a path is UTF-8 once its escapes are undone (RFC 3986 2.5). What is not is read differently by every server, so it is refused. */
export function isUtf8Path(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
