import { readsOf, type CompiledPolicy, type Expr } from '../../profile/index.ts';

/*
 * Fields by which a request asks some frameworks to be run as another one than it is: as another method (Express
 * method-override, Rack, Symfony, Spring), or as another path (Symfony's X-Original-URL, IIS's X-Rewrite-URL). What was counted
 * would not be what is run.
 */
const FIELDS = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-method',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
];
/** The query parameter that Symfony, Laravel and Express's method-override read in the same way. */
const PARAMETER = '_method';

export interface Overrides {
  /** Whether a request field, by its lower-case name, asks to be run as another request, and the policy does not read it. */
  readonly isOverride: (name: string) => boolean;
  /** A query without the parameter that does, unless the policy reads that. */
  readonly withoutOverride: (search: string) => string;
}

/** What a policy reads by name it takes into account: that is passed on. */
export function createOverrides(policy: CompiledPolicy): Overrides {
  const reads = new Set(readsIn(policy));
  const fields = new Set(FIELDS.filter((name) => !reads.has(`request.headers.${name}`)));
  const keeps = reads.has(`request.query.${PARAMETER}`);
  return {
    isOverride: (name) => fields.has(name),
    withoutOverride: (search) => (keeps || !/method|%/i.test(search) ? search : withoutParameter(search)),
  };
}

/** What the expressions of a policy read, wherever they stand. A list that only looks like one reads nothing that counts. */
function readsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isExpression(value) ? readsOf(value) : [];
  return [...own, ...Object.values(value).flatMap(readsIn)];
}

function isExpression(value: object): value is Expr {
  return Array.isArray(value) && typeof value[0] === 'string';
}

/** PHP takes `.` and ` ` in a name for `_`, and some servers `;` for `&`. */
function withoutParameter(search: string): string {
  const parts = search.slice(1).split(/([&;])/);
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const part = parts[i] ?? '';
    if (!isParameter(part)) kept.push(kept.length === 0 ? '' : (parts[i - 1] ?? '&'), part);
  }
  const text = kept.join('');
  return text === '' ? '' : `?${text}`;
}

function isParameter(pair: string): boolean {
  const [name = ''] = pair.split('=', 1);
  const read = unescaped(name.replaceAll('+', ' ')).trimStart().split('[', 1)[0] ?? '';
  return read.replace(/[ .]/g, '_').toLowerCase() === PARAMETER;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
