export { throughRedis, type ThroughRedis } from './through-redis.ts';
export type { IoredisClient, NodeRedisClient, RedisClient } from './port.ts';
