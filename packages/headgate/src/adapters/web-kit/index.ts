export { pass, type Asks } from './pass.ts';
export { replyTo, replyToNobody } from './reply.ts';
export { ADVICE } from './view.ts';
