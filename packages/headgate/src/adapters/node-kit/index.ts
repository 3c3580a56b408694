export { admit } from './admit.ts';
export { nodeGate, type Middleware, type NodeGate } from './gate.ts';
export { hook } from './hook.ts';
export { prepare, strip } from './request.ts';
export { NodeView } from './view.ts';
