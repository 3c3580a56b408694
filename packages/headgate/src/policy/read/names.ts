/** Names of limits, operations, sources, attributes and answers. A dot is kept for the windows of one limit. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** Plans are also rows of tables and words of the page. */
const PLAN = /^[A-Za-z0-9][A-Za-z0-9 _.+-]{0,63}$/;

/** Names that every JavaScript object answers to: whoever looks one up in a plain map would find what nobody wrote. */
const INHERITED: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

export const PLAN_WORDS: readonly string[] = ['else', 'by', 'cases', 'set', 'ramp'];

/** What is wrong with a name; undefined when nothing is. */
export function nameProblem(name: string, what: 'plan' | 'name', reserved: readonly string[] = []): string | undefined {
  if (INHERITED.has(name)) return `"${name}" cannot be a name: every JavaScript object has it`;
  if (reserved.includes(name)) return `"${name}" cannot be a name: it is a word of the language here`;
  if ((what === 'plan' ? PLAN : NAME).test(name)) return undefined;
  return what === 'plan'
    ? 'a plan is called with up to 64 letters, digits, spaces, "_", ".", "+" or "-", and begins with a letter or a digit'
    : 'a name is up to 64 letters, digits, "_" or "-", and begins with a letter';
}

/** Control characters, which would end a header or a line of a log. */
// oxlint-disable-next-line no-control-regex -- these are the characters that must be found
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const MAX_WORDS = 200;

/** What is wrong with words for people (labels, units, reasons); undefined when nothing is. */
export function wordsProblem(words: string): string | undefined {
  if (words.trim() === '') return 'expected some words';
  if (CONTROL.test(words)) return 'expected one line, without control characters';
  return words.length > MAX_WORDS ? `expected at most ${MAX_WORDS} characters` : undefined;
}
