import { AGAIN, CROWD, HOLDER, NOTHING_FAILS, WALL } from './alike.ts';
import { claim, COUNTED, SERVERLESS, SIZE, type Claim, type Store } from './claims.ts';

const ANEW: readonly Claim[] = [
  claim(
    COUNTED,
    'begins anew: at most all of it once more',
    'a process that begins anew admits at most all of it once more',
  ),
  SIZE,
];

/** It has no package and nothing of Node's: there is no disk to it. */
const NO_DISK: readonly Claim[] = [
  claim(COUNTED, 'none more: it writes nothing', 'refuse each package that is not listed, and allow each that is'),
  SIZE,
];

export const MEMORY: Store = {
  name: 'memory',
  claims: {
    none: NOTHING_FAILS,
    crowd: CROWD,
    again: AGAIN,
    holder: HOLDER,
    begun: ANEW,
    ends: ANEW,
    power: ANEW,
    writes: NO_DISK,
    syncs: NO_DISK,
    files: NO_DISK,
    wall: WALL,
    back: ANEW,
    keys: [
      claim(
        COUNTED,
        'none more: fresh keys share',
        'admits no more to a key because others were sprayed, whenever and however often',
      ),
      SIZE,
    ],
    second: [claim(COUNTED, 'each process admits all of it', 'each of two processes admits all of it'), SIZE],
    ...SERVERLESS,
  },
};
