export { parseRateLimit } from './parse/parse.ts';
export type { ParseOptions, RateLimitHint, RateLimitInfo, ToldLimit } from './parse/told.ts';
export type { HeadersLike } from './parse/collect.ts';
