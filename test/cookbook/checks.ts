import type { Check } from './steps.ts';

/** What stands before a text, and what after it; undefined where it does not stand. */
export function halves(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}

/** What is to be seen of an answer. */
export function checkOf(text: string): Check {
  if (text.startsWith('no ')) return { of: 'field', name: text.slice(3), value: undefined };
  if (text.startsWith('says ')) return { of: 'text', value: text.slice(5) };
  if (/^close \d+$/.test(text)) return { of: 'close', value: Number(text.slice(6)) };
  const [pointer, json] = halves(text, ' = ');
  if (text.startsWith('/') && json !== undefined) return { of: 'body', pointer, value: JSON.parse(json) as unknown };
  const [name, value] = halves(text, ': ');
  if (value === undefined) throw new Error(`expected a field or a pointer, got ${text}`);
  return { of: 'field', name, value };
}
