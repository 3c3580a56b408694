export { parseRateLimit } from './parse/parse.ts';
export type { ParseOptions, RateLimitHint, RateLimitInfo, ToldLimit } from './parse/told.ts';
export type { HeadersLike } from './parse/collect.ts';
export { createFetch, type HeadgateFetch } from './fetch/create-fetch.ts';
export { RateLimitError, type RateLimitErrorCode } from './fetch/errors.ts';
export type { AskedFor, CallOptions, ClientEvent, ClientOptions, DeclaredLimits, Fetch } from './fetch/options.ts';
export type { FetchInput } from './fetch/replay.ts';
export type { LimitState, ScopeState, Snapshot } from './fetch/snapshot.ts';
export type { Pacing, Timer } from './model/pacer.ts';
