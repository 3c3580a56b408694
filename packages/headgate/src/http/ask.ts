import type { Clock, Outcome, SyncStore } from '../core/index.ts';
import {
  evaluate,
  type Ask,
  type CompiledPolicy,
  type Endpoint,
  type Operation,
  type OperationHit,
  type Planner,
} from '../profile/index.ts';
import { createAddresses, type Addresses } from './identify/address.ts';
import { createIdentify } from './identify/identify.ts';
import { createUnidentified, type Unidentified } from './identify/unidentified.ts';
import type { RequestView, Sha256 } from './request.ts';
import { countedMethod, createClassifier } from './route/classify.ts';
import { createEndpoints } from './route/endpoints.ts';
import { createFacts } from './route/facts.ts';
import { readTarget, type TargetRules } from './route/target.ts';

/** A request on its way to the limits, or why it does not reach them. */
export type Asked =
  | { readonly is: 'ask'; readonly ask: Ask; readonly target: string }
  | { readonly is: 'own'; readonly ask: Ask; readonly target: string; readonly endpoint: Endpoint }
  | { readonly is: 'exhausted'; readonly outcome: Outcome; readonly address: string }
  | Failed;

export interface Failed {
  readonly is: 'failed';
  readonly answer: 'malformed' | 'unauthorized' | 'not-found';
  /** Why, where it is not always the same. */
  readonly detail: string | undefined;
  readonly address: string;
  /** How the address stands after this failure; undefined when failures are not limited. */
  readonly outcome: Outcome | undefined;
  /** Who asked, where that is known. */
  readonly ask?: Ask;
}

export interface AskOptions {
  readonly policy: CompiledPolicy;
  readonly planner: Planner;
  readonly store: SyncStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly salt: string;
  readonly target: TargetRules;
}

export interface Asker {
  readonly addresses: Addresses;
  readonly unidentified: Unidentified | undefined;
  read(view: RequestView): Asked;
  /** Ends a request here, at its address's expense. */
  fail(address: string, answer: Failed['answer'], detail?: string): Failed;
}

const NO_OPERATION: OperationHit = { index: -1, name: '', path: Object.freeze({}) };

/**
 * Who asks for what: the two questions before the limits. An exhausted address is turned away before any credential is looked
 * up, and every request that ends here is charged to its address.
 */
export function createAsker(options: AskOptions): Asker {
  const { policy, planner, store, clock, sha256 } = options;
  const addresses = createAddresses(policy.address);
  const unidentified = createUnidentified(policy.unidentified, store);
  const identify = createIdentify(policy, sha256, options.salt);
  const classify = createClassifier(policy.operations, sha256);
  const endpointOf = createEndpoints(policy.endpoints, sha256);
  const factsOf = createFacts(policy);

  function read(view: RequestView): Asked {
    const address = addresses.of(view);
    const outcome = unidentified?.refusal(address);
    if (outcome !== undefined) return { is: 'exhausted', outcome, address };
    return examine(view, address);
  }

  function fail(address: string, answer: Failed['answer'], detail?: string): Failed {
    return { is: 'failed', answer, detail, address, outcome: unidentified?.charge(address) };
  }

  function examine(view: RequestView, address: string): Asked {
    const target = readTarget(view.target, options.target);
    if ('bad' in target) return fail(address, 'malformed', `The request cannot be read: ${target.bad}.`);
    const who = identify(view, target.search, address);
    if (who.is === 'conflict') return fail(address, 'malformed', 'The request shows credentials that differ.');
    if (who.is !== 'subject') return fail(address, 'unauthorized');
    const { subject } = who;
    const facts = factsOf(view, target);
    const nowMs = clock.wallMs();
    const method = countedMethod(view.method);
    const unknown: Ask = { subject, operation: NO_OPERATION, request: facts, nowMs };
    const endpoint = endpointOf(method, target.path);
    if (endpoint !== undefined) return { is: 'own', ask: unknown, target: target.path + target.search, endpoint };
    // A condition that fails does not hold: an operation is chosen only by what is known.
    const chosen = ({ name, when }: Operation, path: Readonly<Record<string, string>>): boolean =>
      when === undefined ||
      evaluate(when, planner.scope({ subject, request: facts, operation: { index: -1, name, path }, nowMs })) === true;
    const operation = classify(method, target.path, chosen);
    if (operation === undefined) return { ...fail(address, 'not-found'), ask: unknown };
    return { is: 'ask', ask: { subject, operation, request: facts, nowMs }, target: target.path + target.search };
  }

  return { addresses, unidentified, read, fail };
}
