import { HeadgateError } from '../core/index.ts';
import { lineOf, type Problem } from './problem.ts';

/**
 * Every fault that reading a policy can raise, by its stable code. Codes are part of the public
 * interface: they are never renamed and never used again for another fault.
 */
export const POLICY_ERRORS = {
  ERR_POLICY: 'a policy has more than one problem; `problems` holds them all',
  ERR_POLICY_SYNTAX: 'the text is not YAML 1.2',
  ERR_POLICY_ENCODING: 'the file is not UTF-8 text, or holds a character that cannot be seen',
  ERR_POLICY_SIZE: 'the file, or what it expands to, is larger than a policy may be',
  ERR_POLICY_DEPTH: 'values are nested deeper than a policy may be',
  ERR_POLICY_DOCUMENTS: 'the file holds more than one document',
  ERR_POLICY_ALIAS: 'an alias stands for nothing, for itself, or there are too many',
  ERR_POLICY_TAG: 'a YAML tag stands where only plain values are read',
  ERR_POLICY_DUPLICATE: 'the same name is written twice',
  ERR_POLICY_VERSION: 'the first word, `headgate: 1`, is missing or names another version',
  ERR_POLICY_WORD: 'a word that the language does not know, or that does not belong here',
  ERR_POLICY_MISSING: 'something that must be written is not',
  ERR_POLICY_BLANK: 'nothing, or null, stands where a value is owed',
  ERR_POLICY_TYPE: 'a value of another type is owed: text, a number, a list or a map',
  ERR_POLICY_CHOICE: 'a value is not one of those to choose from',
  ERR_POLICY_RANGE: 'a number is outside its range',
  ERR_POLICY_NAME: 'a name has characters, or a meaning, that names may not have',
  ERR_POLICY_UNKNOWN: 'a name that is not declared anywhere',
  ERR_POLICY_KIND: 'a limit has no kind, or more than one',
  ERR_POLICY_AMOUNT: 'an amount cannot be read, or cannot be counted exactly',
  ERR_POLICY_WINDOW: 'the duration of an amount cannot be read',
  ERR_POLICY_PERIOD: 'a calendar period stands on a rate, or a duration on a quota',
  ERR_POLICY_NEVER: 'a limit could never admit what it is asked for',
  ERR_POLICY_TABLE: 'a table misses a row, or has one that can never be read',
  ERR_POLICY_CASES: 'a list of cases has no last resort, or one that is not last',
  ERR_POLICY_EXPRESSION: 'an expression cannot be parsed or typed',
  ERR_POLICY_TEMPLATE: 'a template cannot be read, or names a placeholder or format that does not exist',
  ERR_POLICY_HEADER: 'a header name or value that must not be sent',
  ERR_POLICY_ROUTE: 'a route cannot be read',
  ERR_POLICY_POINTER: 'a JSON pointer cannot be read',
  ERR_POLICY_SHADOWED: 'an operation or an endpoint that can never match, since an earlier one takes its requests',
  ERR_POLICY_CYCLE: 'limits replace one another, or read one another, in a circle',
  ERR_POLICY_FILE: 'a file that the policy names cannot be read',
  ERR_POLICY_ADDRESS: 'an address or a range of addresses cannot be read',
  ERR_POLICY_ZONE: 'a time zone is not in the IANA database',
  ERR_POLICY_SPAN: 'when a schedule is open cannot be read',
  ERR_POLICY_INSTANT: 'an instant cannot be read, or a span of time is empty',
  ERR_POLICY_TIE: 'two overrides of equal weight say different things at the same time',
  ERR_POLICY_KEYS: 'a list of keys is missing, out of place, or holds a key that nobody could send',
  ERR_POLICY_TRUST: 'a header is believed from proxies alone, and no proxy is named',
  ERR_POLICY_JWT: 'what tokens are verified by is missing, weak, or contradicts itself',
  ERR_POLICY_URL: 'a URL cannot be read, or is none to ask',
  WARN_POLICY_ATTRIBUTE: 'an attribute that identification does not guarantee',
  WARN_POLICY_KEY: 'a key stands in the policy as plain text',
  WARN_POLICY_TRUST: 'a proxy header that is never believed, or believed from everybody',
  WARN_POLICY_PLAIN: 'keys or credentials would travel without TLS',
  WARN_POLICY_FINDER: 'a source is looked up by a function, which the command does not have',
  WARN_POLICY_HOST: 'an expression calls a function, which the command does not have',
  WARN_POLICY_SOFT: 'a limit that refuses nothing',
  WARN_POLICY_DURABLE: 'a limit is told to last that always does, or never',
  WARN_POLICY_UNIT: 'an amount counts another unit than requests are charged in',
} as const;

export type PolicyErrorCode = keyof typeof POLICY_ERRORS;

/** All that is wrong with a policy. `code` is the problem's own when there is one, else `ERR_POLICY`. */
export class PolicyError extends HeadgateError {
  override readonly name: string = 'PolicyError';
  /** In file order; never empty. Warnings are not among them. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file: string | undefined) {
    const only = problems.length === 1 ? problems[0] : undefined;
    super(only?.code ?? 'ERR_POLICY', only === undefined ? summary(problems, file) : lineOf(only, false));
    this.problems = problems;
  }
}

function summary(problems: readonly Problem[], file: string | undefined): string {
  const lines = problems.map((problem) => `\n  ${lineOf(problem)}`);
  return `${file ?? 'the policy'} has ${problems.length} problems${lines.join('')}`;
}
