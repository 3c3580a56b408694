import { idOf, type Field } from '../../core/index.ts';
import { identityOf, type LimitLayout, type Span } from './layout.ts';
import type { Partition } from './partition.ts';

/*
 * `onChange: scale`: beside each counter of the limit stands one of the figure that it counts by (see the engine's `rescale`).
 */

type Scaled = Pick<LimitLayout, 'limit' | 'kind' | 'spans'>;

function figureIdentity(layout: Scaled, partition: Partition, span: Span): string {
  return `${identityOf(layout, partition, span)}: figure`;
}

export function figureIdentities(layout: Scaled, partition: Partition): readonly string[] {
  if (layout.limit.onChange !== 'scale') return [];
  return layout.spans.map((span) => figureIdentity(layout, partition, span));
}

/** The counter that says by which figure another one counts; 0 where use is kept. */
export function scaledByOf(layout: Scaled, partition: Partition, span: Span): number {
  return layout.limit.onChange === 'scale' ? idOf(figureIdentity(layout, partition, span)) : 0;
}

/** It lasts as long as what is counted by it. */
export function figureFields(layout: Scaled, partition: Partition, slot: number): readonly Field[] {
  const { kind, limit } = layout;
  return figureIdentities(layout, partition).map((identity) => ({
    limitId: idOf(identity),
    kind: 'gap',
    windowMs: 0,
    slices: 0,
    slots: [slot],
    ...((kind === 'quota' || limit.durable === true) && { durable: true }),
  }));
}
