import { claim, type Algorithm, type Claim, type Failure, type Store } from './claims.ts';
import { REDIS } from './redis.ts';

/*
 * Leases over a Redis: of what is drawn the most that may be missing is said beside the most that is let in. Everything that is not leased is Redis's.
 */

const NEVER = 'never let in more than is promised, whatever is lost or late, whoever dies, and however clocks run';
const KILLED = 'lose of a %s what one that is killed has drawn, and no more';
const SHARED = 'let in as much of a %s as there is, and no more, but for what they say is lost';
const LEASED: readonly Algorithm[] = ['fixed', 'sliding', 'bucket', 'quota'];

const EACH: readonly Claim[] = [
  claim(['fixed'], 'N a window; 2N across a boundary', NEVER),
  claim(['sliding'], 'N in any window', NEVER),
  claim(['bucket'], 'the burst, and N a window; up to an eighth of the burst less', NEVER),
  claim(['quota'], 'N a period', NEVER),
];

/** What leases promise instead of Redis, and Redis of all the others. */
function over(failure: Failure, ...leased: readonly Claim[]): readonly Claim[] {
  const rest = REDIS.claims[failure].map(({ of, bound, test }) =>
    claim(
      of.filter((algorithm) => !leased.some((one) => one.of.includes(algorithm))),
      bound,
      test,
    ),
  );
  return [...leased, ...rest].filter(({ of }) => of.length > 0);
}

export const REDIS_LEASED: Store = {
  name: 'redis, hot limits leased',
  claims: {
    ...REDIS.claims,
    none: over('none', ...EACH),
    crowd: over(
      'crowd',
      claim(LEASED, 'none more; refused: what others have drawn, an eighth of what is left each, for 1 s', SHARED),
    ),
    ends: over('ends', claim(LEASED, 'none more; what it had drawn is lost: N/8 at most', KILLED)),
    wall: over(
      'wall',
      claim(LEASED, 'this process’s: none more; Redis’s, forward: at most all of it once more', NEVER),
    ),
    second: over('second', claim(LEASED, 'none more; less by what others have drawn, for 1 s', SHARED)),
    silent: over(
      'silent',
      claim(
        LEASED,
        'none more: nothing that was drawn is spent meanwhile',
        'is not spent while the store does not answer, and not given back to one that failed meanwhile',
      ),
    ),
  },
};
