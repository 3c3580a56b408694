import { durationOf } from './instant.ts';

/** What a field's value is. `name` labels the set, `held` says that it is held, `delta` is a reset in seconds, `retry` a wait. */
export type Fact = 'limit' | 'remaining' | 'used' | 'reset' | 'delta' | 'window' | 'held' | 'name' | 'retry' | 'other';

/** What a field's name says. */
export type FieldName = readonly [
  fact: Fact,
  ms: boolean,
  /** Fields of one set share it. */
  set: string,
  /** What the set is called. */
  label: string,
  windowMs?: number | undefined,
];

/** Words as vendors use them, and the fact they mean; what a member of a dictionary is called is looked up here too. */
export const FACTS: Readonly<Record<string, Fact>> = Object.fromEntries(
  Object.entries({
    limit: 'limit quota max total q policy',
    remaining: 'remaining remain left r',
    used: 'used usage count observed',
    reset: 'reset resets',
    delta: 't',
    window: 'window interval period w',
    held: 'qu',
    name: 'name resource bucket group',
  }).flatMap(([fact, words]) => words.split(' ').map((word) => [word, fact as Fact])), // the keys above
);

/** Names that are known, rather than built of the words above, brought into their form. */
const spelled = (name: string): string =>
  name
    .replace('rate-limit', 'ratelimit')
    // Shopify's X-Shopify-Shop-Api-Call-Limit, EVE's X-ESI-Error-Limit-Remain.
    .replace(/(call|error)-(?=limit|remain)|^x-(?=limit-per|remaining-t)/, '$1-ratelimit-')
    // Sentry's ConcurrentLimit, Wix's DailyLimit, GitLab's ResetTime.
    .replace(/(?<!rate)(?<=[a-z])(limit|remaining|reset)$/, '-$1')
    .replace('resettime', 'reset');

/** Reads the name of a field, in lower case; undefined where it is no business of limits. */
export function fieldNameOf(name: string): FieldName | undefined {
  const ms = /-(ms|milliseconds)$/.test(name);
  if (/retry-(after|in)/.test(name)) return ['retry', ms, '', ''];
  const [before, rest] = spelled(name).split('ratelimit');
  if (before === undefined || rest === undefined) return undefined;
  const words = rest.split('-');
  const facts = words.flatMap((word) => FACTS[word] ?? []);
  // What names neither a fact nor a unit names the limit; `secondly`, `hourly` and `daily` are spans too.
  const own = words
    .filter((word) => !(word in FACTS || /^(|x|ms|milliseconds|seconds|s|after|time|at|per|this)$/.test(word)))
    .map((word) => word.replace(/i?ly$/, '').replace(/^da$|today/, 'day'));
  const span = own.find((word) => /^(second|minute|hour|day)$/.test(word));
  // A number under words that are not known may be anything: Spring's X-RateLimit-Requested-Tokens is a cost.
  const fact = facts.findLast((one) => one !== 'name') ?? facts[0] ?? (own[0] && !span ? 'other' : 'limit');
  return [
    fact === 'reset' && words.includes('after') ? 'delta' : fact,
    ms,
    [before, ...own].join(),
    own.join('-') || before.replaceAll(/^x-|-$/g, ''),
    span === undefined ? undefined : durationOf(`1${span.charAt(0)}`),
  ];
}
