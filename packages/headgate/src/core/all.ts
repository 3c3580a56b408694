import { Block } from './counters/block.ts';
import { Decay } from './counters/decay.ts';
import { Gap } from './counters/fixed.ts';
import { Held, Size } from './counters/held.ts';
import { COUNTERS } from './counters/index.ts';
import { Quota } from './counters/quota.ts';
import { Stepped } from './counters/stepped.ts';
import { amendCharge } from './engine/amend.ts';
import { decideAll } from './engine/decide-all.ts';
import { EXTRAS, VERBS } from './engine/extras.ts';
import { grant } from './engine/grant.ts';
import { isInForce } from './engine/in-force.ts';
import { expire } from './engine/reservations.ts';
import { adjust, refund, renew, reset, resolve } from './engine/verbs.ts';
import { Outcome } from './outcome.ts';

const NONE: readonly number[] = [];

/** What an outcome says of what plain rates do not know, where there is nothing to say. */
const NOTHING_MORE: Pick<Outcome, 'returned' | 'returns' | 'delayMs' | 'delays' | 'rungs' | 'used'> = {
  returned: 0,
  returns: NONE,
  delayMs: 0,
  delays: NONE,
  rungs: NONE,
  used: NONE,
};

/** Gives this process every kind of limit and every verb. Call it as often as you like. */
export function plugAll(): void {
  Object.assign(COUNTERS, {
    bucket: Stepped,
    gap: Gap,
    decay: Decay,
    quota: Quota,
    concurrency: Held,
    level: Held,
    size: Size,
    block: Block,
  });
  Object.assign(VERBS, { settle: resolve, cancel: resolve, refund, renew, amend: amendCharge, adjust, grant, reset });
  Object.assign(Outcome.prototype, NOTHING_MORE);
  Object.assign(EXTRAS, { isInForce, expire, decide: decideAll });
}
