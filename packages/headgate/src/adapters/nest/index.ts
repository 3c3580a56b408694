export { connected } from './arrival.ts';
export { Decision, Limit, Limited, SkipLimit } from './decorators.ts';
export { HeadgateException } from './exception.ts';
export { HeadgateFilter } from './filter.ts';
export { HeadgateGuard } from './guard.ts';
export { HeadgateInterceptor } from './interceptor.ts';
export { HeadgateModule, type AsyncOptions, type Made, type NestOptions } from './module.ts';
export type * from '../types/index.ts';
