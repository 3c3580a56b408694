export { plugAll } from './core/index.ts';
