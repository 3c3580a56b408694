import * as z from 'zod';
import { policy } from './schema/policy.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The address under which the schema is published with the package. */
const ID = 'https://unpkg.com/headgate/policy.schema.json';

/** The language as a JSON Schema (2020-12), for editors: from the very schema that policies are read with. */
export const policyJsonSchema: JsonSchema = {
  ...z.toJSONSchema(policy, {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'throw',
  }),
  $id: ID,
  title: 'Headgate policy',
};
