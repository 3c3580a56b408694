export { compileExpression, type Compiled, type Expect, type ExpressionOptions } from './compile.ts';
