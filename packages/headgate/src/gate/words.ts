import { HeadgateError } from '../core/index.ts';

/** What may be said beside whom a decision is about. */
export const DECIDE_WORDS: readonly string[] = ['cost', 'requestId'];

/**
 * Whoever writes plain JavaScript is not told by a compiler that a word is none: it would be left out, and with it what it says.
 * @throws HeadgateError `ERR_OPTION`
 */
export function requireWords(options: unknown, words: readonly string[]): void {
  if (typeof options !== 'object' || options === null) refuse('options', words, options);
  for (const word in options)
    if (!words.includes(word)) refuse(word, words, (options as Readonly<Record<string, unknown>>)[word]);
}

function refuse(word: string, expected: readonly string[], got: unknown): never {
  const told = typeof got === 'string' ? `"${got}"` : Object(got) === got ? typeof got : String(got);
  throw new HeadgateError('ERR_OPTION', `${word}: expected ${expected.join(', ')}, got ${told}`);
}
