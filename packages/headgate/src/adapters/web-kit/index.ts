export { pass, type Asks, type Run } from './pass.ts';
export { replyTo } from './reply.ts';
export { ADVICE } from './view.ts';
