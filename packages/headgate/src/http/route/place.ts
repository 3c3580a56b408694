import type { Clock } from '../../core/index.ts';
import {
  evaluate,
  type Ask,
  type CompiledPolicy,
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
import type { Holds } from './table.ts';

/** A request of a known caller, on its way to its operation. */
export interface Arrived {
  readonly view: RequestView;
  readonly method: string;
  readonly path: string;
  readonly subject: Subject;
  readonly facts: RequestFacts;
  readonly bring: Bring | undefined;
}

/** The ask, or why there is none. */
export type Placed = Ask | Unplaced;

export type Unplaced =
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
  /** Operations that are wishes for a web socket. */
  readonly connects: readonly Connect[];
}

export interface Connect {
  readonly index: number;
  readonly operation: Operation;
}

export function connectsOf({ operations }: CompiledPolicy): readonly Connect[] {
  return operations.flatMap((operation, index) => (operation.event?.is === 'connect' ? [{ index, operation }] : []));
}

const NOWHERE: OperationHit = { index: -1, name: '', path: Object.freeze({}) };

/** Finds what is asked, and reads the body where that, or its limits, depend on it: only then is it a promise. */
export function createPlace(options: PlaceOptions): (arrived: Arrived) => Placed | Promise<Placed> {
  const { planner, clock, needs, maxBodyBytes, connects } = options;

  return (arrived) => {
    const { facts, view, bring } = arrived;
    if (needs.none) return placedBy(arrived, facts, classify(arrived, chosenBy(arrived, facts)));
    const found = find(arrived, facts, facts.bytes === 0);
    if (!found.wantsBody) return placed(arrived, facts, found.operation);
    return readBody(view, bring, maxBodyBytes).then((read) => {
      if (read.is === 'refused') return unreadable(askOf(arrived, facts, found.operation), read);
      const known = { ...facts, body: read.value };
      return placed(arrived, known, find(arrived, known, true).operation);
    });
  };

  /** The first that matches: a wish for a web socket is a request with a route, too. */
  function classify({ view, method, path }: Arrived, holds: Holds): OperationHit | undefined {
    const hit = options.classify(method, path, holds);
    if (view.upgrade === undefined) return hit;
    const isEarlier = (index: number): boolean => hit === undefined || hit.index < 0 || index < hit.index;
    const connect = connects.find(({ operation, index }) => isEarlier(index) && holds(operation, NOWHERE.path));
    return connect === undefined ? hit : { index: connect.index, name: connect.operation.name, path: NOWHERE.path };
  }

  /** A condition that fails does not hold: an operation is chosen only by what is known. */
  function chosenBy(arrived: Arrived, facts: RequestFacts): Holds {
    return ({ name, when }, path) =>
      when === undefined || evaluate(when, planner.scope(askOf(arrived, facts, { index: -1, name, path }))) === true;
  }

  /** `isRead`: nothing more can be known of the body. Until then an operation that depends on it is passed over. */
  function find(
    arrived: Arrived,
    facts: RequestFacts,
    isRead: boolean,
  ): { readonly operation: OperationHit | undefined; readonly wantsBody: boolean } {
    let wantsBody = false;
    const holds = chosenBy(arrived, facts);
    const chosen: Holds = (one, path) => {
      if (!isRead && needs.toChoose.has(one.name)) wantsBody = true;
      return holds(one, path);
    };
    const operation = classify(arrived, chosen);
    return { operation, wantsBody: wantsBody || (!isRead && operation !== undefined && needs.body(operation.index)) };
  }

  function placed(arrived: Arrived, facts: RequestFacts, operation: OperationHit | undefined): Placed {
    const one = placedBy(arrived, facts, operation);
    return operation !== undefined && !('is' in one) && needs.files(operation.index)
      ? measurable(arrived.view, one)
      : one;
  }

  function placedBy(arrived: Arrived, facts: RequestFacts, operation: OperationHit | undefined): Placed {
    const ask = askOf(arrived, facts, operation);
    return operation === undefined ? { is: 'nowhere', ask } : ask;
  }

  /** Of a request whose files are measured: what is known of them, or why they cannot be. */
  function measurable(view: RequestView, ask: Ask): Placed {
    const problem = mediaProblem(view);
    if (problem !== undefined) return unreadable(ask, problem);
    const file = declaredFile(view, ask.request.path);
    return file === undefined ? ask : { ...ask, request: { ...ask.request, file } };
  }

  /** The clock is read when all else is known: a body may have taken its time. */
  function askOf({ subject, view }: Arrived, request: RequestFacts, operation: OperationHit = NOWHERE): Ask {
    const ask = { subject, operation, request, nowMs: clock.wallMs() };
    return view.upgrade === undefined ? ask : { ...ask, connection: { id: view.id, ms: 0 } };
  }
}

function unreadable(ask: Ask, { status, detail }: BodyRefused): Placed {
  return { is: 'unreadable', ask, status, detail };
}
