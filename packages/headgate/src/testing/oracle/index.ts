export { oracle } from './oracle.ts';
