import type { Clock } from '../../core/index.ts';
import {
  evaluate,
  type Ask,
  type Operation,
  type OperationHit,
  type Planner,
  type RequestFacts,
  type Subject,
} from '../../profile/index.ts';
import { declaredFile, mediaProblem } from '../body/media.ts';
import type { Needs } from '../body/needs.ts';
import { readBody, type BodyRefused } from '../body/read-body.ts';
import type { Bring, RequestView } from '../request.ts';
import type { Classify } from './classify.ts';

/** A request of a known caller, on its way to its operation. */
export interface Arrived {
  readonly view: RequestView;
  readonly method: string;
  readonly path: string;
  readonly subject: Subject;
  readonly facts: RequestFacts;
  readonly bring: Bring | undefined;
}

export type Placed =
  | { readonly is: 'placed'; readonly ask: Ask }
  /** There is no such operation. */
  | { readonly is: 'nowhere'; readonly ask: Ask }
  /** What its limits are told by cannot be read. */
  | { readonly is: 'unreadable'; readonly ask: Ask; readonly status: BodyRefused['status']; readonly detail: string };

export interface PlaceOptions {
  readonly planner: Planner;
  readonly clock: Clock;
  readonly classify: Classify;
  readonly needs: Needs;
  readonly maxBodyBytes: number;
}

const NOWHERE: OperationHit = { index: -1, name: '', path: Object.freeze({}) };

/** Finds what is asked, and reads the body where that, or its limits, depend on it: only then is it a promise. */
export function createPlace(options: PlaceOptions): (arrived: Arrived) => Placed | Promise<Placed> {
  const { planner, clock, classify, needs, maxBodyBytes } = options;

  return (arrived) => {
    const { facts, view, bring } = arrived;
    const found = find(arrived, facts, facts.bytes === 0);
    if (!found.wantsBody) return placed(arrived, facts, found.operation);
    return readBody(view, bring, maxBodyBytes).then((read) => {
      if (read.is === 'refused') return unreadable(askOf(arrived, facts, found.operation), read);
      const known = { ...facts, body: read.value };
      return placed(arrived, known, find(arrived, known, true).operation);
    });
  };

  /** `isRead`: nothing more can be known of the body. Until then an operation that depends on it is passed over. */
  function find(
    arrived: Arrived,
    facts: RequestFacts,
    isRead: boolean,
  ): { readonly operation: OperationHit | undefined; readonly wantsBody: boolean } {
    let wantsBody = false;
    const chosen = ({ name, when }: Operation, path: OperationHit['path']): boolean => {
      if (when === undefined) return true;
      if (!isRead && needs.toChoose.has(name)) wantsBody = true;
      // A condition that fails does not hold: an operation is chosen only by what is known.
      return evaluate(when, planner.scope(askOf(arrived, facts, { index: -1, name, path }))) === true;
    };
    const operation = classify(arrived.method, arrived.path, chosen);
    return { operation, wantsBody: wantsBody || (!isRead && operation !== undefined && needs.body(operation.index)) };
  }

  function placed(arrived: Arrived, facts: RequestFacts, operation: OperationHit | undefined): Placed {
    const ask = askOf(arrived, facts, operation);
    if (operation === undefined) return { is: 'nowhere', ask };
    return needs.files(operation.index) ? measurable(arrived.view, ask) : { is: 'placed', ask };
  }

  /** Of a request whose files are measured: what is known of them, or why they cannot be. */
  function measurable(view: RequestView, ask: Ask): Placed {
    const problem = mediaProblem(view);
    if (problem !== undefined) return unreadable(ask, problem);
    const file = declaredFile(view, ask.request.path);
    return { is: 'placed', ask: file === undefined ? ask : { ...ask, request: { ...ask.request, file } } };
  }

  /** The clock is read when all else is known: a body may have taken its time. */
  function askOf({ subject }: Arrived, request: RequestFacts, operation: OperationHit = NOWHERE): Ask {
    return { subject, operation, request, nowMs: clock.wallMs() };
  }
}

function unreadable(ask: Ask, { status, detail }: BodyRefused): Placed {
  return { is: 'unreadable', ask, status, detail };
}
