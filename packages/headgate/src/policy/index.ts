export { checkPolicy, compilePolicy, parsePolicy, type ParseOptions } from './parse.ts';
export { POLICY_ERRORS, PolicyError, type PolicyErrorCode } from './errors.ts';
export { lineOf, type Path, type Problem } from './problem.ts';
export { definePolicy } from './define.ts';
export type { PolicyDefinition } from './definition/policy.ts';
export { diffPolicies, type LimitChange } from './diff.ts';
export { policyJsonSchema } from './json-schema.ts';
export { zoneTable } from '../profile/index.ts';
