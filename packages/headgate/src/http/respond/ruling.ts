import { evaluate, SILENCE, type Action, type PlannedLimit } from '../../profile/index.ts';
import type { Standing } from '../decide.ts';
import { reportedBlock } from './report.ts';
import { rootsOf } from './roots.ts';
import type { Told } from './told.ts';

/** Why a request is refused: the limit that a log names, and the answer it is told with. */
export interface Ruling {
  readonly limit: string;
  readonly answer: string;
  /** Whether its connection ends with it. */
  readonly closes: boolean;
}

const UNSAID: Ruling = { limit: 'exceeded', answer: 'exceeded', closes: false };

/** A block is asked before all limits, and so speaks before them; of the limits, the reported one, by the step that refused. */
export function rulingOf(told: Told, { plan, outcome }: Standing): Ruling {
  const block = outcome === undefined ? undefined : reportedBlock(outcome, plan);
  if (block !== undefined) return { limit: block.limit, answer: block.answer, closes: false };
  const limit = told.limits[told.reported];
  if (limit === undefined) return UNSAID;
  const action = actionOf(told, limit);
  return { limit: limit.name, answer: answerOf(action, limit), closes: action?.is === 'close' };
}

function answerOf(action: Action | undefined, limit: PlannedLimit): string {
  if (action?.is === 'deny' || action?.is === 'close') return action.answer;
  if (action?.is === 'block') return action.block.answer;
  return action?.is === 'drop' ? SILENCE : limit.answer;
}

/** The step that decided: where the check has no rungs of its own, the only one there is. */
function actionOf(told: Told, { ladder }: PlannedLimit): Action | undefined {
  const rung = ladder?.rungs[told.outcome?.rungs[told.reported] ?? 0];
  return rung?.choices.find(({ when }) => when === undefined || holds(when, told))?.action;
}

function holds(when: NonNullable<Parameters<typeof evaluate>[0]>, told: Told): boolean {
  return evaluate(when, told.scope(rootsOf(told, told.reported, undefined))) === true;
}
