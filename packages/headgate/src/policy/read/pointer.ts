/** More tokens than this lead nowhere that a person put anything. */
const MAX_TOKENS = 16;
const MAX_LENGTH = 500;

/** Reads a JSON pointer (RFC 6901) to its tokens, unescaped; text that says why when it cannot. */
export function readPointer(pointer: string): readonly string[] | string {
  if (pointer === '') return 'the whole body cannot be replaced; name a member, such as "/meta/limit"';
  if (!pointer.startsWith('/')) return 'expected a JSON pointer: it begins with "/", such as "/meta/limit"';
  if (pointer.length > MAX_LENGTH) return `a pointer has at most ${MAX_LENGTH} characters`;
  if (/~(?![01])/.test(pointer)) return '"~" is written "~0" in a pointer, and "/" in a name "~1"';
  const tokens = pointer.slice(1).split('/').map(unescaped);
  return tokens.length > MAX_TOKENS ? `a pointer has at most ${MAX_TOKENS} tokens` : tokens;
}

/** RFC 6901 4: "~1" first, so that "~01" is "~1" and no slash. */
function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Reads `plan`, one member, or `/org/id`, a JSON pointer, as member names; text that says why when it cannot. */
export function readMember(text: string): readonly string[] | string {
  if (text === '') return 'expected the name of a member, or a pointer such as "/org/id"';
  return text.startsWith('/') || text.length > MAX_LENGTH ? readPointer(text) : [text];
}
