export { checkPolicy, compilePolicy, parsePolicy, type ParseOptions } from './parse.ts';
export { POLICY_ERRORS, PolicyError, type PolicyErrorCode } from './errors.ts';
export { lineOf, type Path, type Problem } from './problem.ts';
