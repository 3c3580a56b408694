export { pass, type Asks, type Run } from './pass.ts';
export { ADVICE } from './view.ts';
