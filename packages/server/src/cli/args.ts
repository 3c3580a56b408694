import { parseArgs, type ParseArgsConfig } from 'node:util';
import { wrongUsage } from './failure.ts';
import { nearest } from './nearest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A command's words: one policy, options that each take a value, and flags that take none. */
export interface Args {
  readonly policy: string;
  option(name: string): string | undefined;
  flag(name: string): boolean;
}

export interface Known {
  readonly options: readonly string[];
  readonly flags?: readonly string[];
  /** Options by one letter. */
  readonly short?: Readonly<Record<string, string>>;
}

/** @throws Failure with exit code 2 for anything the command does not take */
export function readArgs(words: readonly string[], { options: named, flags = [], short = {} }: Known): Args {
  const options: Options = {};
  for (const name of named)
    options[name] = { type: 'string', ...(short[name] === undefined ? {} : { short: short[name] }) };
  for (const name of flags) options[name] = { type: 'boolean' };
  const { values, positionals } = parseWords(words, options);
  const [policy, extra] = positionals;
  if (policy === undefined) throw wrongUsage('which policy? Give its file');
  if (extra !== undefined) throw wrongUsage(`"${extra}" is one word too many`);
  return {
    policy,
    option: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => values[name] === true,
  };
}

/** @throws Failure with exit code 2 for options that are not among these */
export function parseWords(
  words: readonly string[],
  options: Options,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw wrongUsage(argumentProblem(words, error, Object.keys(options)));
  }
}

function argumentProblem(words: readonly string[], error: unknown, known: readonly string[]): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return error instanceof Error ? (error.message.split('\n')[0] ?? error.message).replace(/\.$/, '') : String(error);
  }
  const word =
    words.find((each) => each.startsWith('-') && !known.includes(each.replace(/^--?/, '').split('=')[0] ?? '')) ?? 'it';
  const guess = nearest(word.replace(/^--?/, '').split('=')[0] ?? '', known);
  return `there is no option ${word}${guess === undefined ? '' : `; did you mean --${guess}?`}`;
}
