import type { Clock } from '../../core/index.ts';
import type { Ask, CompiledPolicy, Planner } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import { Ender, type EnderOptions } from './ender.ts';
import type { Exchange } from './exchange.ts';
import { createExchanges } from './exchanges.ts';
import { Kept } from './kept.ts';
import { Naming } from './naming.ts';
import { createResolve } from './settled.ts';
import { createTend } from './tend.ts';

export interface HoldingOptions extends Omit<EnderOptions, 'nowMs' | 'kept'> {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly clock: Clock;
}

/** What is held, from its reservation to its end. */
export interface Holding {
  readonly ender: Ender;
  /** Undefined for a policy that holds nothing. */
  readonly exchangeOf: ((ask: Ask, decided: Decided) => Exchange) | undefined;
  readonly resolve: ReturnType<typeof createResolve>;
  /** Ends what is over by now. Where nothing is held, not even the clock is read. */
  readonly tend: () => void;
}

export function createHolding(options: HoldingOptions): Holding {
  const { policy, planner, store, clock, holds, onReport } = options;
  const nowMs = (): number => clock.monotonicMs();
  const { memos, traits } = store;
  const isShared = traits.clock === 'store';
  const kept = memos && new Kept({ memos, by: store, isShared, holds, nowMs });
  if (kept !== undefined) holds.onLasting = (reservation) => kept.lasts(reservation);
  const ender = new Ender({ ...options, nowMs, kept });
  const holdsAny = policy.limits.some(({ hold }) => hold !== undefined);
  const naming = new Naming(ender, holds, kept?.names);
  // Leases end by this process's clock here, whatever the store's says.
  const nowOf: Parameters<typeof createExchanges>[0]['nowOf'] = (outcome) =>
    outcome === undefined || isShared ? nowMs() : outcome.nowMs;
  const tendAt = createTend(holds, ender, kept);
  return {
    ender,
    exchangeOf: holdsAny ? createExchanges({ policy, planner, holds, ender, naming, kept, nowOf }) : undefined,
    resolve: createResolve(holds, ender, kept, onReport),
    tend: () => {
      naming.askAgain();
      if (!holds.agenda.isEmpty) tendAt(nowMs());
    },
  };
}
