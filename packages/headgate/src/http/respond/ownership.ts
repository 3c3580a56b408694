import type { HeaderBlock, Template } from '../../profile/index.ts';

/** Fields in which APIs tell limits: two tellers would contradict each other. */
const LIMIT_FIELDS = /^(x-)?rate-?limit(-|$)/;
/** Less than this of a name is no mark of whose it is. In characters. */
const MIN_MARK = 4;

/**
 * Which response fields are a policy's to write. One that writes limit headers owns all of them, in any dialect, and every
 * field that it names itself. `Retry-After` is nobody's: an upstream's own 503 may well have one.
 */
export function ownership(blocks: readonly HeaderBlock[], dialects: readonly string[]): (name: string) => boolean {
  if (blocks.length === 0) return () => false;
  const names = new Set(dialects.map((name) => name.toLowerCase()));
  const made: (readonly [start: string, end: string])[] = [];
  for (const [name] of blocks.flatMap(({ fields }) => fields)) {
    const whole = wholeName(name);
    if (whole !== undefined) names.add(whole);
    else made.push([literal(name[0]), literal(name.at(-1))]);
  }
  names.delete('retry-after');
  const marks = made.filter(([start, end]) => start.length + end.length >= MIN_MARK);
  return (name) =>
    names.has(name) ||
    LIMIT_FIELDS.test(name) ||
    marks.some(([start, end]) => name.startsWith(start) && name.endsWith(end));
}

function wholeName(name: Template): string | undefined {
  return name.length === 1 && typeof name[0] === 'string' ? name[0].toLowerCase() : undefined;
}

function literal(part: Template[number] | undefined): string {
  return typeof part === 'string' ? part.toLowerCase() : '';
}
