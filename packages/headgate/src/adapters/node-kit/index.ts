export { admit, type Asks } from './admit.ts';
export { hook, isHooked } from './hook.ts';
export { nodeGate, type Middleware, type NodeGate, type Switch } from './gate.ts';
export { Received } from './received.ts';
export { reply } from './reply.ts';
export { replyBy, type FastifyLike } from './reply-by.ts';
export type { Exchange } from './request.ts';
export { switching } from './upgrade.ts';
export { NodeView } from './view.ts';
