import { HeadgateError } from '../../core/index.ts';
import { compileLimits, type LimitSpec } from '../../gate/index.ts';
import type { CompiledPolicy } from '../../http/index.ts';
import { KEY_FIELD } from './key.ts';
import { checkWhose } from './whose.ts';

type Limit = CompiledPolicy['limits'][number];
type Parts = Extract<Limit['per'], { is: 'parts' }>['parts'];

/** What an address may ask with requests that name no operation, where operations are told apart: the language's default. */
const UNIDENTIFIED = { is: 'amount', amount: { units: 600, windowMs: 60_000 } } as const;

export interface QuickOptions {
  readonly trust: readonly string[];
  /** Whether a function says who asks. */
  readonly keyed: boolean;
}

/** Whether any limit counts by what is asked: else a request's method and path need not be read, and none is refused for them. */
export function countsOperations({ limits }: CompiledPolicy): boolean {
  return limits.some(({ per }) => per.is === 'parts' && per.parts.some(({ is }) => is === 'operation'));
}

/** Limits as a policy: plain data, for which no language need be loaded. */
export function quickPolicy(
  specs: Readonly<Record<string, LimitSpec>>,
  { trust, keyed }: QuickOptions,
): CompiledPolicy {
  const limits = quickLimits(specs, keyed ? 'key' : 'address');
  if (!keyed && limits.some(isKeyed))
    throw new HeadgateError('ERR_ADAPTER_OPTION', 'per: "key" needs the option key, a function that says who asks');
  const policy: CompiledPolicy = {
    headgate: 1,
    name: '',
    identify: keyed ? [KEY_SOURCE] : [],
    anonymous: !keyed,
    unidentified: { is: 'unlimited' },
    address: { trust, group: { v4: 32, v6: 64 } },
    derive: [],
    plans: [],
    paths: {
      case: 'unstated',
      params: 'refuse',
      trailingSlash: 'same',
      encodedSlash: 'refuse',
      doubleEscape: 'refuse',
    },
    operations: [],
    require: [],
    limits,
    overrides: [],
    respond: { report: 'binding', answers: [], headers: [blockOf(limits)], merge: [], expose: false },
    endpoints: [],
    zones: {},
  };
  checkWhose(limits, policy, 'ERR_ADAPTER_OPTION');
  return countsOperations(policy) ? { ...policy, unidentified: UNIDENTIFIED } : policy;
}

const KEY_SOURCE: CompiledPolicy['identify'][number] = {
  name: 'key',
  from: 'anyone',
  places: [{ in: 'header', name: KEY_FIELD, prefix: '' }],
  find: { is: 'any' },
  attributes: [],
};

/** The current fields of the IETF draft. */
export function blockOf(limits: readonly Limit[]): CompiledPolicy['respond']['headers'][number] {
  return {
    of: limits.map(({ name }) => name),
    dialect: 'ratelimit',
    reset: 'delta',
    used: false,
    fields: [],
    join: ', ',
    each: false,
  };
}

/**
 * Limits written in code, as a policy has them.
 * @throws HeadgateError `ERR_AMOUNT`, `ERR_AMOUNT_RANGE` or `ERR_LIMIT`, naming the limit
 */
export function quickLimits(specs: Readonly<Record<string, LimitSpec>>, per: string | undefined): readonly Limit[] {
  const { program } = compileLimits(specs);
  return Object.entries(specs).map(([name, spec], i) => {
    const check = program.checks[i];
    const segment = check?.segments[0];
    if (check === undefined || segment === undefined) throw new RangeError('a limit without a check');
    const whose = typeof spec === 'string' ? per : (spec.per ?? per);
    return {
      ...USUAL,
      name,
      label: name,
      algorithm: check.kind as Limit['algorithm'], // what a limit written in code compiles to
      slices: check.slices,
      amount: { is: 'amount', amount: { units: segment.amount, windowMs: check.windowMs } },
      ...(check.kind === 'bucket' && { burst: { is: 'literal', value: segment.burst } as const }),
      per: { is: 'parts', parts: partsOf(name, whose) },
    };
  });
}

const USUAL = {
  unit: 'requests',
  kind: 'rate',
  align: 'first',
  calendar: { zone: 'UTC', anchor: 1, week: 'monday' },
  replaces: [],
  cost: { is: 'literal', value: 1 },
  count: 'admitted',
  answer: 'exceeded',
  fail: 'local',
} as const;

function partsOf(name: string, per: string | readonly string[] | undefined): Parts {
  if (per === undefined)
    throw new HeadgateError('ERR_ADAPTER_ROUTE', `limits.${name}.per: expected whose counter it is, such as "address"`);
  return [per]
    .flat()
    .map((part) => (part === 'operation' || part === 'global' ? { is: part } : { is: 'attribute', path: part }));
}

function isKeyed({ per }: Limit): boolean {
  return per.is === 'parts' && per.parts.some((part) => part.is === 'attribute' && part.path === 'key');
}
