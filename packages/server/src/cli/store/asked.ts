import { parseWords } from '../args.ts';
import { wrongUsage } from '../failure.ts';

export const VERBS = ['info', 'reset', 'adjust'] as const;

/** What `headgate store` was asked. */
export interface Asked {
  readonly verb: (typeof VERBS)[number];
  readonly file: string;
  readonly policy: string | undefined;
  readonly subject: {
    readonly auth: string;
    readonly address: string;
    readonly [attribute: string]: string | number | boolean;
  };
  readonly operation: string | undefined;
  readonly limit: string | undefined;
  /** Units; 0 when none were given. */
  readonly by: number;
}

const OPTIONS = {
  policy: { type: 'string' },
  subject: { type: 'string', multiple: true },
  operation: { type: 'string' },
  limit: { type: 'string' },
  by: { type: 'string' },
} as const;

/** @throws Failure with exit code 2 for anything the command does not take */
export function readAsked(words: readonly string[]): Asked {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [word, file, extra] = positionals;
  const verb = VERBS.find((name) => name === word);
  if (verb === undefined)
    throw wrongUsage(`expected one of ${VERBS.join(', ')}, got ${word === undefined ? 'nothing' : `"${word}"`}`);
  if (file === undefined) throw wrongUsage('which store? Give its file');
  if (extra !== undefined) throw wrongUsage(`"${extra}" is one word too many`);
  const given = (name: string): string | undefined => values[name] as string | undefined; // As OPTIONS says.
  const subjects = (values['subject'] ?? []) as string[]; // As OPTIONS says.
  const [policy, limit, by] = [given('policy'), given('limit'), given('by')];
  requireAll(verb, { policy, limit, by, subject: subjects[0] });
  return { verb, file, policy, subject: subjectOf(subjects), operation: given('operation'), limit, by: unitsOf(by) };
}

/** What each verb cannot do without; a policy and a subject belong together. */
function requireAll(verb: Asked['verb'], given: Readonly<Record<string, string | undefined>>): void {
  const asks = given['policy'] !== undefined || given['subject'] !== undefined;
  const needed = {
    info: asks ? ['policy', 'subject'] : [],
    reset: ['policy', 'subject', 'limit'],
    adjust: ['policy', 'subject', 'limit', 'by'],
  };
  for (const name of needed[verb]) if (given[name] === undefined) throw wrongUsage(`${verb}: give --${name} too`);
}

/** Who has authenticated, unless it is said how: a subject with nothing but an address is one that nobody knows. */
function subjectOf(pairs: readonly string[]): Asked['subject'] {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw wrongUsage(`--subject: expected <name>=<value>, such as key=k_1, got "${pair}"`);
    return [pair.slice(0, at), valueOf(pair.slice(at + 1))] as const;
  });
  return { auth: 'key', address: '', ...Object.fromEntries(entries) };
}

/** A number or a truth is counted apart from its text; text that looks like one is given in quotes. */
function valueOf(text: string): string | number | boolean {
  if (/^".*"$/s.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function unitsOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const units = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(units) && units !== 0) return units;
  throw wrongUsage(`--by: expected whole units, such as 5 or -5 (as --by=-5), got "${text}"`);
}
