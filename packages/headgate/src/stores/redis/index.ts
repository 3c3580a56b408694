export { redisStore, type RedisStats, type RedisStore, type RedisStoreOptions } from './redis-store.ts';
export type { IoredisClient, NodeRedisClient, RedisClient } from './port/client.ts';
