import { PlanFault, type Ask } from '../../profile/index.ts';
import type { Decided } from '../decide.ts';
import type { Answered } from '../handled.ts';
import type { Ending } from '../holds/ending.ts';
import type { Exchange } from '../holds/exchange.ts';
import { upon, type Soon } from '../soon.ts';

/** An event as it was judged: let in, with what it holds, or answered. */
export type JudgedEvent =
  | { readonly is: 'admitted'; readonly decided: Decided; readonly held: Exchange | undefined }
  | { readonly is: 'refused'; readonly answered: Answered };

/** The gate's own means. */
export interface JudgeOptions {
  /** @param once charges the same event once */
  readonly attempt: (ask: Ask, once?: string) => Soon<Decided | PlanFault>;
  readonly refuse: (id: string, ask: Ask, decided: Decided | PlanFault) => Soon<Answered>;
  readonly onAdmitted: (ask: Ask, decided: Decided) => void;
  readonly exchangeOf: ((ask: Ask, decided: Decided) => Exchange) | undefined;
}

export type JudgeEvent = (id: string, ask: Ask, once?: string) => Soon<JudgedEvent>;

/** Judges what is no request: by the same limits, in the same one step. */
export function createJudgeEvent(options: JudgeOptions): JudgeEvent {
  const { attempt, refuse, onAdmitted, exchangeOf } = options;

  function judged(id: string, ask: Ask, decided: Decided | PlanFault): Soon<JudgedEvent> {
    if (decided instanceof PlanFault || !decided.allowed)
      return upon(refuse(id, ask, decided), (answered) => ({ is: 'refused', answered }));
    onAdmitted(ask, decided);
    return { is: 'admitted', decided, held: exchangeOf?.(ask, decided) };
  }

  return (id, ask, once) => upon(attempt(ask, once), (decided) => judged(id, ask, decided));
}

/** How an event ends: it has happened, and is a success as far as anybody can know. */
export const HAPPENED: Ending = {
  status: 200,
  reached: true,
  fields: [],
  body: { is: 'unread', why: 'absent' },
  sentBytes: 0,
  tookMs: 0,
  torn: false,
};
