import type { Ask } from '../../profile/index.ts';
import { look, UNTOLD, type Looking } from '../decide.ts';
import type { RequestView } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import type { Blocks } from './blocks.ts';
import type { Teller } from './teller.ts';
import type { Told } from './told.ts';

/** How a subject's limits stand, for header blocks. */
export type Standing = (view: RequestView, ask: Ask, denied: boolean) => Soon<Told>;

/** Where there are no such blocks, nothing is looked at. */
export function createStanding(judging: Looking, blocks: Blocks, teller: Teller): Standing {
  return (view, ask, denied) =>
    upon(blocks.any ? look(judging, ask) : UNTOLD, (one) => teller.standing(view, ask, one, denied));
}
