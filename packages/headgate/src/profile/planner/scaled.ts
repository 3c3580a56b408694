import { idOf, type Field, type Kind } from '../../core/index.ts';
import type { Limit } from '../compiled.ts';

/*
 * `onChange: scale`: beside each counter of the limit stands one of the figure that it counts by (see the engine's `rescale`). Counters are
 * known by their identities here.
 */

/** What the figure's counter is known by; none where use is kept. */
export function figureIdentities({ onChange }: Limit, identity: string): readonly string[] {
  return onChange === 'scale' ? [`${identity}: figure`] : [];
}

/** The counter that says by which figure another one counts; 0 where use is kept. */
export function scaledByOf(limit: Limit, identity: string): number {
  return figureIdentities(limit, identity).map((found) => idOf(found))[0] ?? 0;
}

/** It lasts as long as what is counted by it. */
export function figureFields(
  { limit, kind }: { readonly limit: Limit; readonly kind: Kind },
  identity: string,
  slot: number,
): readonly Field[] {
  const durable = kind === 'quota' || limit.durable === true;
  return figureIdentities(limit, identity).map((found) => ({
    limitId: idOf(found),
    kind: 'gap',
    windowMs: 0,
    slices: 0,
    slots: [slot],
    ...(durable && { durable }),
  }));
}
