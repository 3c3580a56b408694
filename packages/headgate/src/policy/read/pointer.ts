/** Steps into a JSON value: more is no claim that anybody keeps an attribute in. */
const MAX_STEPS = 16;

/** Reads `plan`, one member, or `/org/id`, a JSON pointer (RFC 6901), as member names; text that says why when it cannot. */
export function readPointer(text: string): readonly string[] | string {
  if (text === '' || text.length > 256) return 'expected the name of a member, or a pointer such as "/org/id"';
  if (!text.startsWith('/')) return [text];
  if (/~(?![01])/.test(text)) return 'expected "~0" for a "~" and "~1" for a "/" in a pointer (RFC 6901)';
  const steps = text.slice(1).split('/');
  if (steps.length > MAX_STEPS) return `expected at most ${MAX_STEPS} steps`;
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
