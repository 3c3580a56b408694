type Headers = NodeJS.Dict<string | string[]>;

const [TAB, SPACE] = [0x09, 0x20];

/**
 * The fields of an answer without the space behind their values, where undici leaves it: it is no part of them (RFC 9110 5.5), a figure is
 * none with it, and a caller of HTTP/2 would lose the field (RFC 9113 8.2.1). They are undici's own, and are changed where they stand.
 */
export function trimmed(headers: Headers): Headers {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') {
      if (endsInSpace(value, value.length)) headers[name] = withoutSpace(value);
    } else if (value !== undefined) headers[name] = value.map(withoutSpace);
  }
  return headers;
}

function withoutSpace(value: string): string {
  let end = value.length;
  while (endsInSpace(value, end)) end--;
  return value.slice(0, end);
}

function endsInSpace(value: string, end: number): boolean {
  const last = value.charCodeAt(end - 1);
  return last === SPACE || last === TAB;
}
