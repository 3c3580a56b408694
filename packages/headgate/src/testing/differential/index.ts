export { differential, type Differential, type MakeStore, type Seen } from './differential.ts';
