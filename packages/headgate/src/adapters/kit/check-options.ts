import ipaddr from 'ipaddr.js';
import { HeadgateError } from '../../core/index.ts';
import { isAddress } from './address.ts';

type Rule = readonly [expected: string, holds: (value: unknown) => boolean];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isFunction = (value: unknown): boolean => typeof value === 'function';
const can =
  (...methods: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && methods.every((name) => isFunction(value[name]));
const CHOSEN: readonly unknown[] = ['body', 'cookies', 'headers', 'params', 'query'];
const { IPv4, IPv6 } = ipaddr;

function isRange(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  return text.includes('/') ? IPv4.isValidCIDRFourPartDecimal(text) || IPv6.isValidCIDR(text) : isAddress(text);
}

const WHOLE: Rule = ['a whole number from 1', (value) => Number.isSafeInteger(value) && Number(value) >= 1];
const FUNCTION: Rule = ['a function', isFunction];
const FUNCTIONS: Rule = ['functions by name', (value) => isObject(value) && Object.values(value).every(isFunction)];

/** Every option of every adapter. */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['store', ['a store, such as memoryStore()', can('apply')]],
  ['storeDeadlineMs', WHOLE],
  ['nodes', WHOLE],
  ['onStoreChange', FUNCTION],
  ['clock', ['a clock, such as systemClock()', can('wallMs', 'monotonicMs')]],
  [
    'trust',
    ['a list of addresses and ranges, such as ["10.0.0.0/8"]', (value) => Array.isArray(value) && value.every(isRange)],
  ],
  ['key', FUNCTION],
  [
    'keyReads',
    [`a list of ${CHOSEN.join(', ')}`, (value) => Array.isArray(value) && value.every((one) => CHOSEN.includes(one))],
  ],
  ['finders', FUNCTIONS],
  ['hosts', FUNCTIONS],
  ['onHostFault', FUNCTION],
  ['onWarning', FUNCTION],
  ['onFault', FUNCTION],
  ['onReport', FUNCTION],
  ['onNotice', FUNCTION],
  ['onOverage', FUNCTION],
  ['peer', FUNCTION],
]);

/**
 * Whoever writes plain JavaScript, or comes from another limiter, is not told by a compiler that an option is none: it would be left out,
 * and with it whom or what it limits.
 * @throws HeadgateError `ERR_ADAPTER_OPTION`
 */
export function checkOptions(options: object): void {
  if (!isObject(options)) refuse('options', 'an object', options);
  for (const [name, value] of Object.entries(options)) {
    const rule = RULES.get(name);
    if (rule === undefined) refuse(name, `one of ${[...RULES.keys()].join(', ')}`, name);
    if (value !== undefined && !rule[1](value)) refuse(name, rule[0], value);
  }
}

function refuse(name: string, expected: string, got: unknown): never {
  const shown = isFunction(got) ? 'a function' : JSON.stringify(got);
  throw new HeadgateError('ERR_ADAPTER_OPTION', `${name}: expected ${expected}, got ${shown}`);
}
