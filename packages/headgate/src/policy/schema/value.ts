import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { closed, isMap, word } from './words.ts';

/** A figure or a partition as it is written: a leaf, or a choice of leaves. What a leaf means depends on where it stands. */
export type Choice<Leaf> = Leaf | Table<Leaf> | Cases<Leaf> | SetInput | RampChoice | PlanTable<Leaf>;

export interface Table<Leaf> {
  readonly by: string;
  readonly else?: Choice<Leaf> | undefined;
  readonly [row: string]: Choice<Leaf> | string | undefined;
}

export interface Cases<Leaf> {
  readonly cases: readonly { readonly when?: string | undefined; readonly use: Choice<Leaf> }[];
}

/** `{ ramp: … }`. */
export interface RampChoice {
  readonly ramp: RampInput;
}

export interface PlanTable<Leaf> {
  readonly [plan: string]: Choice<Leaf>;
}

/** What decides which of the choices a map is; no plan may be called so. */
const CHOICE_WORDS = ['by', 'cases', 'set', 'ramp'] as const;

const plain = oneOf([z.string(), z.number()], (given) => (typeof given === 'number' ? 1 : 0));

const SET =
  'limits: { calls: { rate: { set: (key.cap)/minute, default: 100/minute, min: 10/minute, max: 1000/minute }, per: key } }';
/** Who has none gets the default. */
const OFF =
  'limits: { spending: { quota: { set: (key.daily)/day, default: unlimited }, unit: USD, per: key, cost: 0.02 } }';

const bySet = closed({
  set: word(
    'A figure that the customer or an operator sets: an attribute, in brackets before the span where no other figure tells it.',
    SET,
    z.string(),
  ),
  default: word('What holds for whoever has set none.', OFF, plain),
  min: word('What is less counts as this.', SET, plain.optional()),
  max: word('What is more counts as this.', SET, plain.optional()),
  zero: word(
    'What 0 means. Default: `min`, or nothing at all.',
    'limits: { calls: { rate: { set: key.cap, default: 100/minute, zero: unlimited }, per: key } }',
    plain.optional(),
  ),
  minus: word(
    'What less than 0 means. Default: nothing at all.',
    'limits: { calls: { rate: { set: key.cap, default: 100/minute, minus: unlimited }, per: key } }',
    plain.optional(),
  ),
});

export type SetInput = z.output<typeof bySet>;

const RAMP =
  'limits: { calls: { rate: { ramp: { from: 500/second, add: 500, every: 1m, to: 3000, while: usage >= 0.8, rest: 15m } }, per: key } }';
const grows = closed({
  from: word('What it begins with, over its span.', RAMP, plain),
  add: word('What each level adds.', RAMP, z.number().int().positive().optional()),
  times: word(
    'What each level multiplies it by.',
    'limits: { calls: { rate: { ramp: { from: 500/second, times: 1.5, every: 5m, to: 5000 } }, per: key } }',
    z.number().gt(1).max(1000).optional(),
  ),
  every: word('A level is reached at most so often, and first after so long; 1s to 24h.', RAMP, z.string()),
  to: word('The most that it grows to, in units or as an amount.', RAMP, plain),
  while: word(
    'What counts as use, of the request that is judged; `usage` alone is this limit’s own. Default: any admission.',
    RAMP,
    z.string().optional(),
  ),
  rest: word('After so long without use it is what it began with. Default: `every`.', RAMP, z.string().optional()),
});

export type RampInput = z.output<typeof grows>;

const byRamp = closed({
  ramp: word('A figure that grows with use and falls back without; a limit has one.', RAMP, grows),
});

function choices<Leaf>(leaf: z.ZodType<Leaf>): z.ZodType<Choice<Leaf>> {
  const nested: z.ZodType<Choice<Leaf>> = z.lazy(() => choice);
  const table = z.object({ by: z.string(), else: nested.optional() }).catchall(nested);
  const cases = closed({ cases: z.array(closed({ when: z.string().optional(), use: nested })).min(1) });
  const choice = oneOf([leaf, table, cases, bySet, byRamp, z.record(z.string(), nested)], (given) => {
    if (!isMap(given)) return 0;
    const found = CHOICE_WORDS.findIndex((name) => Object.hasOwn(given, name));
    return found === -1 ? CHOICE_WORDS.length + 1 : found + 1;
    // The branches are the members of Choice, in order; TypeScript cannot follow the recursion.
  }) as unknown as z.ZodType<Choice<Leaf>>;
  return choice;
}

const scalar = oneOf([z.string(), z.number(), z.boolean()], (given) => {
  if (typeof given === 'number') return 1;
  return typeof given === 'boolean' ? 2 : 0;
});

export type ValueLeaf = string | number | boolean;
export type ValueInput = Choice<ValueLeaf>;
/** One way to write a figure that depends on something, good wherever a figure stands. */
export const value: z.ZodType<ValueInput> = choices<ValueLeaf>(scalar);

export type PartsLeaf = string | readonly string[];
export type PartsInput = Choice<PartsLeaf>;
export const parts: z.ZodType<PartsInput> = choices<PartsLeaf>(oneOrMany(z.string()));
