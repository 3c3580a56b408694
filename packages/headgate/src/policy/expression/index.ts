export { compileExpression, type Expect } from './compile.ts';
export { callsOf } from './calls.ts';
