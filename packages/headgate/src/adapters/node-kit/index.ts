export { admit } from './admit.ts';
export { nodeGate, type Middleware, type NodeGate } from './gate.ts';
export { NodeView } from './view.ts';
