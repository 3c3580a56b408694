import { AGAIN, CROWD, HOLDER, NOTHING_FAILS, WALL } from './alike.ts';
import { claim, COUNTED, HELD, RATES, SERVERLESS, SIZE, type Claim, type Store } from './claims.ts';

const KEPT = 'processes ended at any moment under load, none loses what it answered, and nothing lives again';

const ENDS: readonly Claim[] = [
  claim(RATES, 'durable: none more; else N once more', 'a durable $kind is what it was, and any other begins anew'),
  claim(['quota', ...HELD], 'none more', KEPT),
  claim(['block'], 'it goes on', 'a block goes on, and escalates'),
  SIZE,
];

const WRITES: readonly Claim[] = [
  claim(
    COUNTED,
    'none more: faults until it can write',
    'fails with %s: every answer is a fault, nothing of it counts, and it works again when the log does',
  ),
  SIZE,
];

/** What both durabilities promise. */
const EITHER: Omit<Store['claims'], 'power'> = {
  none: NOTHING_FAILS,
  crowd: CROWD,
  again: AGAIN,
  holder: HOLDER,
  begun: [
    claim(
      COUNTED,
      'none more: back by its id, or by its reservation’s',
      'is ended by its id, and settled by its reservation, after a %s and a restart on the same file',
    ),
    SIZE,
  ],
  ends: ENDS,
  writes: WRITES,
  syncs: WRITES,
  files: [
    claim(
      COUNTED,
      'none more: it goes on',
      'may open no more files goes on, since it has what it needs, and is told what it cannot have',
    ),
    SIZE,
  ],
  wall: WALL,
  back: [
    claim(
      COUNTED,
      'none more; waits of one length at most',
      'a clock that is an hour behind keeps nobody waiting longer than a lifetime',
    ),
    SIZE,
  ],
  keys: [
    claim(
      COUNTED,
      'none more: fresh keys share',
      'that is full lets fresh keys share: nobody gains by spraying keys, across a restart too, and later each has its own again',
    ),
    SIZE,
  ],
  second: [
    claim(
      COUNTED,
      'none more: it is refused',
      'has one owner: whoever comes second is told who it is, and may have it afterwards',
    ),
    SIZE,
  ],
  ...SERVERLESS,
};

export const SQLITE_PROCESS: Store = {
  name: "sqlite, `durability: 'process'`",
  claims: {
    ...EITHER,
    power: [
      claim(
        COUNTED,
        'what the last commits admitted, once more',
        'a store that is to survive the process alone has lost at most its last commits, each of them whole',
      ),
      SIZE,
    ],
  },
};

export const SQLITE_POWER: Store = {
  name: "sqlite, `durability: 'power'`",
  claims: {
    ...EITHER,
    power: [
      claim(
        RATES,
        'durable: none more; else N once more',
        'a store that is to survive it has lost nothing that was answered',
      ),
      claim(
        ['quota', ...HELD, 'block'],
        'none more',
        'a store that is to survive it has lost nothing that was answered',
      ),
      SIZE,
    ],
  },
};
