export { compileExpression, type Expect } from './compile.ts';
