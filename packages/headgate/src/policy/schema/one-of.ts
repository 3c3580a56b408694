import * as z from 'zod';

type Branches = readonly [z.ZodType, ...z.ZodType[]];

interface ChoiceDefinition extends z.core.$ZodUnionDef<Branches> {
  readonly pick: (value: unknown) => number;
}

interface ChoiceInternals extends z.core.$ZodUnionInternals<Branches> {
  def: ChoiceDefinition;
}

interface Choice extends z.core.$ZodType {
  _zod: ChoiceInternals;
}

/** Gives it all that a union has. The library's own type is an assertion about its own class, which this is not. */
const union = z.ZodUnion as unknown as { readonly init: (choice: Choice, definition: ChoiceDefinition) => void };

/** A union to everybody who reads the schema, a switch to the one who parses. */
const Choice: z.core.$constructor<Choice, ChoiceDefinition> = z.core.$constructor(
  'HeadgateChoice',
  (choice, definition) => {
    union.init(choice, definition);
    choice._zod.parse = (payload, context) => {
      const branch = definition.options[definition.pick(payload.value)] ?? definition.options[0];
      return branch._zod.run(payload, context);
    };
  },
);

/**
 * A union that looks at the value once and asks one branch only. Trying every branch in turn would take
 * time exponential in the depth of a table of tables, and would tell of problems in branches nobody meant.
 */
export function oneOf<const B extends Branches>(options: B, pick: (value: unknown) => number): z.ZodUnion<B> {
  const choice: unknown = new Choice({ type: 'union', options, pick });
  return choice as z.ZodUnion<B>;
}

/** More than this of one thing is a mistake, or somebody trying what happens. */
const MAX_ITEMS = 1000;

/** One item, or a list of them; a name that stands in it twice is most likely another, misspelt. */
export function oneOrMany<S extends z.ZodType>(item: S): z.ZodUnion<readonly [S, z.ZodArray<S>]> {
  const list = z.array(item).min(1).max(MAX_ITEMS).check(refuseTwice);
  return oneOf([item, list], (value) => (Array.isArray(value) ? 1 : 0));
}

const TWICE = { code: 'ERR_POLICY_DUPLICATE', rule: 'stands in the list twice' };

function refuseTwice({ value, issues }: z.core.ParsePayload<unknown[]>): void {
  const seen = new Set<unknown>();
  for (const [i, item] of value.entries()) {
    if (seen.has(item)) issues.push({ code: 'custom', params: TWICE, path: [i], input: item });
    seen.add(item);
  }
}
