/** What a field's value is. `name` labels the set, `held` says that it is held, `delta` is a reset in seconds, `retry` a wait. */
export type Fact = 'limit' | 'remaining' | 'used' | 'reset' | 'delta' | 'window' | 'held' | 'name' | 'retry';

/** What a field's name says. */
export interface FieldName {
  readonly fact: Fact;
  /** Fields of one set share it. */
  readonly set: string;
  /** What the set is called. */
  readonly label: string;
  readonly ms: boolean;
  readonly delta: boolean;
  readonly windowMs: number | undefined;
}

/** Words as vendors use them, and the fact they mean; what a member of a dictionary is called is looked up here too. */
export const FACTS: Readonly<Record<string, Fact>> = {
  limit: 'limit',
  quota: 'limit',
  max: 'limit',
  total: 'limit',
  q: 'limit',
  remaining: 'remaining',
  remain: 'remaining',
  left: 'remaining',
  r: 'remaining',
  used: 'used',
  usage: 'used',
  count: 'used',
  observed: 'used',
  reset: 'reset',
  resets: 'reset',
  t: 'delta',
  window: 'window',
  interval: 'window',
  period: 'window',
  w: 'window',
  policy: 'limit',
  qu: 'held',
  name: 'name',
  resource: 'name',
  bucket: 'name',
  group: 'name',
};

const WORD_MS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LY: Readonly<Record<string, string>> = { secondly: 'second', minutely: 'minute', hourly: 'hour', daily: 'day' };
const UNITS = new Set(['ms', 'milliseconds', 'seconds', 's', 'after', 'time', 'at', 'per', 'x']);

/** Names that are known, rather than built of the words above, brought into their form. */
const spelled = (name: string): string =>
  name
    .replace('rate-limit', 'ratelimit')
    // Shopify's X-Shopify-Shop-Api-Call-Limit, EVE's X-ESI-Error-Limit-Remain, Salesforce's Sforce-Limit-Info.
    .replace(/(call|error|sforce)-limit(-info$)?/, '$1-ratelimit')
    // Linear and others that count points: X-Complexity-Remaining.
    .replace(/^x-complexity-/, 'x-ratelimit-complexity-')
    // Sentry's ConcurrentLimit, Wix's DailyLimit, GitLab's ResetTime.
    .replace(/(?<!rate)(?<=[a-z])(limit|remaining)$/, '-$1')
    .replace('resettime', 'reset');

/** Reads the name of a field, in lower case; undefined where it is no business of limits. */
export function fieldNameOf(name: string): FieldName | undefined {
  const words = name.split(/[-_]/);
  const ms = words.includes('ms') || words.includes('milliseconds');
  if (/retry-(after|in)/.test(name))
    return { fact: 'retry', set: '', label: '', ms, delta: false, windowMs: undefined };
  const text = spelled(name);
  const at = text.indexOf('ratelimit');
  if (at < 0) return undefined;
  const after = text.slice(at + 9).split('-');
  const facts = after.flatMap((word) => FACTS[word] ?? []);
  const fact = facts.findLast((one) => one !== 'name') ?? facts[0];
  const own = after
    .filter((word) => word !== '' && !(word in FACTS) && !UNITS.has(word))
    .map((word) => LY[word] ?? word);
  const before = text
    .slice(0, at)
    .split('-')
    .filter((word) => word !== '');
  const vendor = before.filter((word) => word !== 'x').join('-');
  const label = own.join('-') || vendor;
  const windowMs = own.map((word) => WORD_MS[word]).find((one) => one !== undefined);
  const set = [before.join('-'), ...own].join('/');
  return { fact: fact ?? 'limit', set, label, ms, delta: after.includes('after'), windowMs };
}
