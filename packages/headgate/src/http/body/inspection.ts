import { PlanFault, type Ask, type Plan, type PlannedLimit } from '../../profile/index.ts';
import { peek, seenBy, type Decided, type Judging } from '../decide.ts';
import type { Answered } from '../handled.ts';
import type { RequestView } from '../request.ts';
import { upon, type Soon } from '../soon.ts';
import type { Refusals } from '../respond/refusals.ts';
import type { Teller } from '../respond/teller.ts';
import { leastOf, type Excess } from './excess.ts';
import { Files } from './files.ts';
import { mediaOf } from './media.ts';

/**
 * Measures the body of an admitted request while it is sent on. `take` is given every piece before that is handed on, and `end` is called
 * before its end is: what either returns is the answer to the request, of which nothing more may reach the API then, also where that is
 * only promised.
 */
export interface Inspection {
  take(chunk: Uint8Array): Soon<Answered> | undefined;
  end(): Soon<Answered> | undefined;
}

/** What has passed of a body. */
export interface Passed {
  readonly bytes: number;
  readonly files: number;
}

export interface InspectOptions {
  readonly judging: Judging;
  readonly teller: Teller;
  readonly refusals: Refusals;
}

/** Makes the inspections of requests. `files`: whether files are to be measured, and not only bytes. */
export function createInspect(
  options: InspectOptions,
): (view: RequestView, ask: Ask, decided: Decided, files: boolean) => Inspection & Passed {
  return (view, ask, decided, files) => new Body(view, ask, decided, files, options);
}

class Body implements Inspection, Passed {
  bytes = 0;
  readonly #view: RequestView;
  readonly #ask: Ask;
  readonly #decided: Decided;
  readonly #options: InspectOptions;
  readonly #least: PlannedLimit | undefined;
  readonly #files: Files | undefined;

  constructor(view: RequestView, ask: Ask, decided: Decided, files: boolean, options: InspectOptions) {
    this.#view = view;
    this.#ask = ask;
    this.#decided = decided;
    this.#options = options;
    const { limits } = decided.plan;
    this.#least = leastOf(limits.filter(({ measures }) => measures === 'request.bytes'));
    if (files) this.#files = new Files(mediaOf(view), ask, limits, options.judging.planner);
  }

  get files(): number {
    return this.#files?.count ?? 0;
  }

  take(chunk: Uint8Array): Soon<Answered> | undefined {
    this.bytes += chunk.length;
    const least = this.#least;
    if (least !== undefined && this.bytes > least.amount) return this.#exceeded({ limit: least, units: this.bytes });
    return this.#answer(this.#files?.take(chunk));
  }

  end(): Soon<Answered> | undefined {
    return this.#answer(this.#files?.end());
  }

  #answer(found: Excess | string | undefined): Soon<Answered> | undefined {
    if (found === undefined) return undefined;
    return typeof found === 'string' ? this.#unreadable(found) : this.#exceeded(found);
  }

  /** Judged once more, by what is known now: the answer tells of this limit, and of how the others stand. Nothing is charged. */
  #exceeded({ limit, units }: Excess): Soon<Answered> {
    const { judging } = this.#options;
    const ask = { ...this.#ask, nowMs: judging.clock.wallMs() };
    return upon(seenBy(judging, ask), (known) => this.#exceededBy(known, limit, units));
  }

  #exceededBy(ask: Ask, limit: Excess['limit'], units: number): Soon<Answered> {
    const { judging, teller, refusals } = this.#options;
    const plan = this.#planOf(ask, limit);
    // Blocks and ramps stand behind the limits, and cost nothing.
    const costs = plan.program.checks.map((_, i) => (plan.limits[i]?.name === limit.name ? units : 0));
    const { store: by } = judging;
    return upon(peek(by, { ...plan, costs }), (standing) => {
      const judged: Decided = { ...standing, allowed: false, reservationId: undefined, by };
      return refusals.deny(teller.decided(this.#view, ask, judged), ask, limit.answer, limit.name);
    });
  }

  /** As it applies now; where that cannot be told, as it was let in: what is too large stays so, whatever a function says by now. */
  #planOf(ask: Ask, { name }: PlannedLimit): Plan {
    try {
      const fresh = this.#options.judging.planner.plan(ask);
      if (fresh.limits.some((limit) => limit.name === name)) return fresh;
    } catch (error) {
      if (!(error instanceof PlanFault)) throw error;
    }
    return this.#decided.plan;
  }

  #unreadable(why: string): Soon<Answered> {
    const detail = `The multipart body cannot be read: ${why}.`;
    return this.#options.refusals.unreadable(this.#view, this.#ask, 400, detail);
  }
}
