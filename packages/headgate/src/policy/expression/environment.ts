import { Environment } from '@marcbachmann/cel-js';

/** The longest expression that is read, in characters. */
export const MAX_EXPRESSION = 2000;
/** The most arguments of `min` and `max`; longer lists are written as lists. */
const MAX_ARGUMENTS = 8;

/** Bounds of the parser: more than any figure needs, and little enough to be typed in no time. */
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 50,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: MAX_ARGUMENTS,
};

/** Roots every expression may read, with their types. */
export const ROOTS: ReadonlyMap<string, string> = new Map([
  ['subject', 'dyn'],
  ['plan', 'dyn'],
  ['account', 'dyn'],
  ['user', 'dyn'],
  ['key', 'dyn'],
  ['app', 'dyn'],
  ['org', 'dyn'],
  ['operation', 'dyn'],
  ['path', 'map<string, string>'],
  ['facts', 'dyn'],
  ['now', 'int'],
]);

/** Fields of `request`, with their types. */
export const REQUEST_FIELDS: Readonly<Record<string, string>> = {
  method: 'string',
  head: 'bool',
  kind: 'string',
  path: 'string',
  query: 'map<string, string>',
  headers: 'map<string, string>',
  bytes: 'int',
  body: 'dyn',
  files: 'int',
  fingerprint: 'string',
};

/** Fields of `message` and `connection`, which are known of events on connections. */
export const EVENT_FIELDS: Readonly<Record<'message' | 'connection', Readonly<Record<string, string>>>> = {
  message: { bytes: 'int', type: 'string', body: 'dyn' },
  connection: { id: 'string', ms: 'int' },
};

/** What functions are named after, and no values: `estimate.tokens`. */
const SPACES: ReadonlyMap<string, string> = new Map([
  ['estimate', 'Estimate'],
  ['text', 'Text'],
  ['graphql', 'GraphQL'],
  ['domain', 'Domain'],
]);

/** The functions of the language beside CEL's own. Only their types matter here: nothing is evaluated by the library. */
const FUNCTIONS: readonly string[] = [
  'clamp(dyn, dyn, dyn): dyn',
  'floor(dyn): int',
  'ceil(dyn): int',
  'sum(list): dyn',
  'days(dyn, dyn): int',
  'during(string): bool',
  'usage(string): dyn',
  'left(string): dyn',
  'limit(string): dyn',
  'set(list): list<string>',
  'network(string, int, int): string',
  'lookup(string, dyn): dyn',
  'lookup(string, dyn, dyn): dyn',
  'Estimate.tokens(dyn): int',
  'Text.segments(string): int',
  'GraphQL.cost(string): int',
  'Domain.registered(string): string',
  ...variadic('host'),
  ...['min', 'max'].flatMap(variadic),
];

function variadic(name: string): string[] {
  return Array.from({ length: MAX_ARGUMENTS }, (_, i) => `${name}(${new Array(i + 1).fill('dyn').join(', ')}): dyn`);
}

/**
 * What expressions are typed against. CEL refuses `5000 + 1.5 * n`, because a whole number and a decimal are two
 * types to it; whoever writes a price list has one kind of number, so the mixed operators are declared.
 */
export function environmentOf(also: readonly string[]): Environment {
  const env = new Environment({ homogeneousAggregateLiterals: false, limits: LIMITS });
  for (const [root, type] of ROOTS) env.registerVariable(root, type);
  env.registerVariable('request', { schema: { ...REQUEST_FIELDS } });
  for (const [root, fields] of Object.entries(EVENT_FIELDS)) env.registerVariable(root, { schema: { ...fields } });
  for (const [space, type] of SPACES) {
    env.registerType(type, { fields: {} });
    env.registerVariable(space, type);
  }
  for (const root of also) env.registerVariable(root, 'dyn');
  for (const signature of FUNCTIONS) env.registerFunction(signature, unreachable);
  for (const op of ['+', '-', '*', '/']) {
    env.registerOperator(`int ${op} double: double`, unreachable);
    env.registerOperator(`double ${op} int: double`, unreachable);
  }
  return env;
}

function unreachable(): never {
  throw new Error('expressions are typed here, and evaluated elsewhere');
}
