export { pass, type Asks } from './pass.ts';
export { replyTo } from './reply.ts';
export { ADVICE } from './view.ts';
