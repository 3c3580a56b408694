// Writes what is derived from the code: the policy's reference, its JSON Schema for editors, the page of every code, and that of every guarantee.
// A test fails while any is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { ADAPTER_ERRORS, ADAPTER_WARNINGS } from '../packages/headgate/dist/adapters/kit/faults.js';
import { CLIENT_ERRORS } from '../packages/headgate/dist/client/fetch/errors.js';
import { ERRORS } from '../packages/headgate/dist/core/errors.js';
import { HTTP_ERRORS } from '../packages/headgate/dist/http/faults.js';
import { POLICY_ERRORS } from '../packages/headgate/dist/policy/errors.js';
import { policyJsonSchema } from '../packages/headgate/dist/policy/index.js';
import { PLAN_ERRORS } from '../packages/headgate/dist/profile/faults.js';
import { guaranteesPage } from '../packages/headgate/test/guarantees/page.ts';
import { reference } from '../packages/headgate/dist/policy/reference/reference.js';
import { errorsPage } from './errors.mjs';

const at = (path) => new URL(`../${path}`, import.meta.url);

mkdirSync(at('docs/policy/'), { recursive: true });
writeFileSync(at('docs/policy/reference.md'), reference());
writeFileSync(at('packages/headgate/policy.schema.json'), `${JSON.stringify(policyJsonSchema, null, 2)}\n`);

const catalogues = {
  core: ERRORS,
  profile: PLAN_ERRORS,
  policy: POLICY_ERRORS,
  http: HTTP_ERRORS,
  adapters: ADAPTER_ERRORS,
  client: CLIENT_ERRORS,
};
writeFileSync(at('docs/errors.md'), errorsPage(catalogues, ADAPTER_WARNINGS));
writeFileSync(at('docs/guarantees.md'), guaranteesPage());
