import { AGAIN, CROWD, HOLDER, NOTHING_FAILS } from './alike.ts';
import { claim, COUNTED, HELD, RATES, SIZE, type Claim, type Store } from './claims.ts';

/*
 * A Redis, or a cluster of them, is asked by processes that keep nothing: what fails there is another process, on another machine.
 */

function counted(bound: string, test: string): readonly Claim[] {
  return [claim(COUNTED, bound, test), SIZE];
}

const BEGUN = 'none more: back by its id, or by its reservation’s';

const EMPTY = counted(
  'begins anew: at most all of it once more',
  'a Redis that comes back empty admits all of it at most once more',
);

const FORWARD = 'Redis’s clock, set forward by an hour, ends windows, and admits all of it at most once more';
const WALL: readonly Claim[] = [
  claim([...RATES, 'quota', 'concurrency', 'block'], 'Redis’s, forward: at most all of it once more', FORWARD),
  claim(['level'], 'none more: there is no time in it', FORWARD),
  SIZE,
];

const BACK = 'Redis’s clock, set back by an hour, opens nothing, and delays by one window at most';
const TIMELESS: readonly Claim[] = [
  claim([...RATES, 'quota', 'block'], 'Redis’s: none more; waits of one length at most', BACK),
  claim(HELD, 'none more', BACK),
  SIZE,
];

const SECOND: readonly Claim[] = [
  claim([...RATES, 'quota', ...HELD], 'none more: they share', 'share one $kind to the unit, however they meet on it'),
  claim(['block'], 'nobody, whoever began it', 'are blocked together, whoever began it'),
  SIZE,
];

export const REDIS: Store = {
  name: 'redis',
  claims: {
    none: NOTHING_FAILS,
    crowd: CROWD,
    again: AGAIN,
    holder: HOLDER,
    begun: counted(
      BEGUN,
      'is ended by its id, and settled by its reservation, through another server of the same Redis',
    ),
    ends: counted('none more: Redis keeps it', 'whoever is killed leaves what he charged to all others, to the unit'),
    // What its file keeps when power fails is Redis's own promise, and is not tried here.
    power: EMPTY,
    writes: counted(
      'none more: faults until it can write',
      'is refused by a Redis that cannot save, and charged for nothing then',
    ),
    syncs: EMPTY,
    files: counted(
      'none more: faults until it can connect',
      'is refused by a Redis that takes no more connections, and goes on when it does',
    ),
    wall: WALL,
    back: TIMELESS,
    keys: counted(
      '`noeviction`: none more, faults',
      'is refused by a Redis that is full, read-only, or busy, and charged for nothing then',
    ),
    second: SECOND,
    silent: counted(
      'none more: a fault by the deadline',
      'is refused by its deadline while Redis is frozen, and what was refused is not charged when it wakes',
    ),
    server: EMPTY,
    replica: counted(
      'f times: at most (f + 1) · N',
      'a primary that freezes is followed by its replica, twice the amount is let in at most, and it opens nothing when it wakes',
    ),
    evicts: counted(
      'of a record that is evicted: at most all of it once more',
      'goes on, and each record that it evicts is one fresh allowance',
    ),
  },
};

/** All that holds of one Redis holds of each shard. */
export const REDIS_CLUSTER: Store = {
  name: 'redis, a cluster',
  claims: {
    ...REDIS.claims,
    begun: counted(BEGUN, 'memos: of many who take one at once, one has it, in the order of what was asked'),
    crowd: counted(
      'as one after another; over several shards: none more',
      'never lets in more than fits in any of several homes, and gives back what another refused',
    ),
    replica: counted(
      'f times: at most (f + 1) · N',
      'its replica takes over, and no more than twice the amount is let in',
    ),
  },
};
