export { plugAll } from './core/index.ts';
export * from './held/index.ts';
