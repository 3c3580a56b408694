import type { Check } from '../program.ts';

/** A request that costs nothing is let in whatever is left; only a block, whose room is -1 at no cost, stops it. */
export function refuses({ atLeast, kind }: Check, cost: number, room: number): boolean {
  const need = cost > atLeast ? cost : atLeast;
  return need > room && (need !== 0 || kind === 'block');
}
