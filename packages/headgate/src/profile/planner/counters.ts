import type { CompiledPolicy } from '../compiled.ts';
import { identityOf, layoutOf, placesOf } from './layout.ts';

/** A counter as it is known to stores: two policies that give it the same identity at the same place share what was counted. */
export interface CounterIdentity {
  /** Which limit it counts for. */
  readonly limit: string;
  readonly identity: string;
  /** Where it stands: its record, and which operation or group it is for. */
  readonly place: string;
}

/** Every counter a policy can ever need. Sizes keep none. */
export function countersOf(policy: CompiledPolicy): readonly CounterIdentity[] {
  const whole = layoutOf(policy);
  return whole.limits.flatMap((layout) =>
    layout.kind === 'size'
      ? []
      : [...layout.partitions.values()].flatMap((partition) =>
          layout.spans.flatMap((span) =>
            placesOf(layout, partition, whole).map(({ name }) => ({
              limit: layout.limit.name,
              identity: identityOf(layout, partition, span),
              place: name,
            })),
          ),
        ),
  );
}
