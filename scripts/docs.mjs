// Writes what is derived from the policy's schema: the reference, and the JSON Schema for editors.
// A test fails while either is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../packages/headgate/dist/policy/index.js';
import { reference } from '../packages/headgate/dist/policy/reference/reference.js';

const at = (path) => new URL(`../${path}`, import.meta.url);

mkdirSync(at('docs/policy/'), { recursive: true });
writeFileSync(at('docs/policy/reference.md'), reference());
writeFileSync(at('packages/headgate/policy.schema.json'), `${JSON.stringify(policyJsonSchema, null, 2)}\n`);
