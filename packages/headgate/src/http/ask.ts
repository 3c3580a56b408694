import type { Clock, Outcome, SyncStore } from '../core/index.ts';
import {
  evaluate,
  type Ask,
  type CompiledPolicy,
  type Endpoint,
  type Operation,
  type OperationHit,
  type Planner,
  type Subject,
} from '../profile/index.ts';
import { createAddresses, type Addresses } from './identify/address.ts';
import type { Finder } from './identify/find/called.ts';
import type { Hold } from './identify/find/found.ts';
import { createIdentify, type Identified } from './identify/identify.ts';
import { createUnidentified, type Unidentified } from './identify/unidentified.ts';
import type { Outside } from './outside.ts';
import type { RequestView, Sha256 } from './request.ts';
import { createClassifier } from './route/classify.ts';
import { createEndpoints } from './route/endpoints.ts';
import { createFacts } from './route/facts.ts';
import { countedMethod, preflightMethod } from './route/method.ts';
import { createOverrides, type Overrides } from './route/overrides.ts';
import { readTarget, type Target } from './route/target.ts';

/** A request on its way to the limits, or why it does not reach them. */
export type Asked =
  | { readonly is: 'ask'; readonly ask: Ask; readonly target: string }
  | { readonly is: 'own'; readonly ask: Ask; readonly target: string; readonly endpoint: Endpoint }
  /** A browser's question, before it sends the request itself: nobody is identified by it, and its address has paid. */
  | { readonly is: 'preflight'; readonly target: string }
  | { readonly is: 'exhausted'; readonly outcome: Outcome; readonly address: string }
  | Failed;

export interface Failed {
  readonly is: 'failed';
  readonly answer: 'malformed' | 'unauthorized' | 'not-found' | 'unavailable';
  /** Why, where it is not always the same. */
  readonly detail: string | undefined;
  /** Why nobody could tell who asks: for the log. */
  readonly fault?: string;
  readonly address: string;
  /** How the address stands after this failure; undefined when failures are not limited, or this one was not the caller's. */
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
  readonly outside: Outside;
  readonly finders: Readonly<Record<string, Finder>>;
}

export interface Asker {
  readonly addresses: Addresses;
  readonly unidentified: Unidentified | undefined;
  readonly overrides: Overrides;
  /** A promise only where the source that decides had to wait. */
  read(view: RequestView): Asked | Promise<Asked>;
  /** Ends a request here, at its address's expense. */
  fail(address: string, answer: Failed['answer'], detail?: string): Failed;
}

const NOTHING_HELD: Hold = () => undefined;
const NO_OPERATION: OperationHit = { index: -1, name: '', path: Object.freeze({}) };

/**
 * Who asks for what: the two questions before the limits. An exhausted address is turned away before any credential is looked
 * up, and every request that ends here is charged to its address; only what is no fault of the caller's is not.
 */
export function createAsker(options: AskOptions): Asker {
  const { policy, planner, store, clock, sha256 } = options;
  const addresses = createAddresses(policy.address);
  const unidentified = createUnidentified(policy.unidentified, store);
  const identify = createIdentify(options);
  const classify = createClassifier(policy.operations, policy.paths, sha256);
  const endpointOf = createEndpoints(policy, sha256);
  const factsOf = createFacts(policy);
  const overrides = createOverrides(policy);
  const mayWait = policy.identify.some(({ find }) => find.is !== 'any' && find.is !== 'keys');

  function read(view: RequestView): Asked | Promise<Asked> {
    const address = addresses.of(view);
    const outcome = unidentified?.refusal(address);
    if (outcome !== undefined) return { is: 'exhausted', outcome, address };
    const target = readTarget(view, policy.paths);
    if ('bad' in target) return fail(address, 'malformed', `The request cannot be read: ${target.bad}.`);
    const wanted = preflightMethod(view);
    return wanted === undefined ? examine(view, target, address) : preflight(target, wanted, address);
  }

  function fail(address: string, answer: Failed['answer'], detail?: string): Failed {
    return { is: 'failed', answer, detail, address, outcome: unidentified?.charge(address) };
  }

  function examine(view: RequestView, target: Target, address: string): Asked | Promise<Asked> {
    if (mayWait) return examineHolding(view, target, address);
    const who = identify(view, target.search, { address, trusted: addresses.trusts(view.peer) }, NOTHING_HELD);
    return who instanceof Promise
      ? who.then((one) => known(view, target, address, one))
      : known(view, target, address, who);
  }

  function known(view: RequestView, target: Target, address: string, who: Identified): Asked {
    return who.is === 'subject' ? ask(view, target, who.subject) : unknown(who, address);
  }

  /** Where somebody is asked who this is, as many questions may be under way as may fail. */
  function examineHolding(view: RequestView, target: Target, address: string): Asked | Promise<Asked> {
    let held = false;
    const hold: Hold = () => {
      const refused = unidentified?.hold(address);
      held = refused === undefined;
      return refused;
    };
    const go = (who: Identified): Asked => {
      try {
        return known(view, target, address, who);
      } finally {
        // Only now: a failure has been charged, and at no time was neither.
        if (held) unidentified?.release(address);
      }
    };
    const who = identify(view, target.search, { address, trusted: addresses.trusts(view.peer) }, hold);
    return who instanceof Promise ? who.then(go) : go(who);
  }

  function unknown(who: Exclude<Identified, { is: 'subject' }>, address: string): Asked {
    switch (who.is) {
      case 'exhausted':
        return { is: 'exhausted', outcome: who.outcome, address };
      case 'fault':
        return {
          is: 'failed',
          answer: 'unavailable',
          detail: undefined,
          fault: who.reason,
          address,
          outcome: undefined,
        };
      case 'conflict':
        return fail(
          address,
          'malformed',
          'The request shows more than one credential, or one that can be read as another.',
        );
      case 'missing':
      case 'wrong':
        return fail(address, 'unauthorized');
      default:
        return who satisfies never;
    }
  }

  function ask(view: RequestView, target: Target, subject: Subject): Asked {
    const facts = factsOf(view, target);
    const nowMs = clock.wallMs();
    const method = countedMethod(view.method);
    const unplaced = (): Ask => ({ subject, operation: NO_OPERATION, request: facts, nowMs });
    const endpoint = endpointOf(method, target.path);
    if (endpoint !== undefined) return { is: 'own', ask: unplaced(), target: onward(target), endpoint };
    // A condition that fails does not hold: an operation is chosen only by what is known.
    const chosen = ({ name, when }: Operation, path: Readonly<Record<string, string>>): boolean =>
      when === undefined ||
      evaluate(when, planner.scope({ subject, request: facts, operation: { index: -1, name, path }, nowMs })) === true;
    const operation = classify(method, target.path, chosen);
    if (operation === undefined) return { ...fail(subject.address, 'not-found'), ask: unplaced() };
    return { is: 'ask', ask: { subject, operation, request: facts, nowMs }, target: onward(target) };
  }

  /** Passes where the request that it asks leave for could pass, whoever sends that, and costs its address one. */
  function preflight(target: Target, wanted: string, address: string): Asked {
    const known = [countedMethod(wanted), 'OPTIONS'].some((method) => classify(method, target.path, () => true));
    if (!known) return fail(address, 'not-found');
    unidentified?.charge(address);
    return { is: 'preflight', target: onward(target) };
  }

  function onward({ forward, search }: Target): string {
    return search === '' ? forward : forward + overrides.withoutOverride(search);
  }

  return { addresses, unidentified, overrides, read, fail };
}
