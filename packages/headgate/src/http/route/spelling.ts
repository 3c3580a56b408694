/** Whether every server reads a path, in its normal form, in the same way: small letters, and no segment that ends in a dot or a space. */
export function isPlain(path: string): boolean {
  return !/[A-Z%]|\.(?:\/|$)/.test(path);
}

/** Without the dots and spaces at the end of a segment, which Windows drops. */
export function withoutTails(path: string): string {
  return path.split('/').map(withoutTail).join('/');
}

/** By hand: a pattern for this would look at a long row of dots as often as there are dots. */
function withoutTail(segment: string): string {
  let end = segment.length;
  for (;;) {
    if (segment[end - 1] === '.') end -= 1;
    else if (segment.endsWith('%20', end)) end -= 3;
    else return segment.slice(0, end);
  }
}

/** A path in small letters; escapes stay in capitals. */
export function small(path: string): string {
  return path.toLowerCase().replace(/%[0-9a-f]{2}/g, (escape) => escape.toUpperCase());
}

export function withoutEnd(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
