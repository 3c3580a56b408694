import type { CompiledPolicy } from '../compiled.ts';
import { identityOf, layoutOf } from './layout.ts';

/** A counter as it is known to stores: two policies that give it the same identity share what was counted. */
export interface CounterIdentity {
  /** Which limit it counts for. */
  readonly limit: string;
  readonly identity: string;
}

/** Every counter a policy can ever need. Sizes keep none. */
export function countersOf(policy: CompiledPolicy): readonly CounterIdentity[] {
  return layoutOf(policy).limits.flatMap((layout) =>
    layout.kind === 'size'
      ? []
      : [...layout.partitions.values()].flatMap((partition) =>
          layout.spans.map((span) => ({ limit: layout.limit.name, identity: identityOf(layout, partition, span) })),
        ),
  );
}
