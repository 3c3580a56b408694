import * as z from 'zod';
import { oneOf, oneOrMany } from './one-of.ts';
import { closed, isMap, planned, word } from './words.ts';

/** A figure or a partition as it is written: a leaf, or a choice of leaves. What a leaf means depends on where it stands. */
export type Choice<Leaf> = Leaf | Table<Leaf> | Cases<Leaf> | SetInput | PlannedChoice | PlanTable<Leaf>;

export interface Table<Leaf> {
  readonly by: string;
  readonly else?: Choice<Leaf> | undefined;
  readonly [row: string]: Choice<Leaf> | string | undefined;
}

export interface Cases<Leaf> {
  readonly cases: readonly { readonly when?: string | undefined; readonly use: Choice<Leaf> }[];
}

/** `{ ramp: … }`. */
export interface PlannedChoice {
  readonly ramp?: unknown;
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

const byRamp = closed({
  ramp: planned(
    'A figure that grows with use and falls back without.',
    'limits: { calls: { rate: { ramp: { from: 500, add: 500, every: 1m, to: 3000 } }, per: key } }',
  ),
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
