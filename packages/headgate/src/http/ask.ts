import type { Clock, Outcome } from '../core/index.ts';
import {
  evaluate,
  type Ask,
  type CompiledPolicy,
  type Endpoint,
  type OperationHit,
  type Planner,
  type PlannerOptions,
  type RequestFacts,
  type Subject,
  type Value,
} from '../profile/index.ts';
import type { Needs } from './body/needs.ts';
import { createAddresses, type Addresses, type Believes } from './identify/address.ts';
import type { Finder } from './identify/find/called.ts';
import type { Hold } from './identify/find/found.ts';
import { createIdentify, type Identified, type Origin } from './identify/identify.ts';
import { parseIp } from './identify/ip.ts';
import { byValue } from './identify/by-value.ts';
import {
  addressOf,
  byOneFigure,
  createUnidentified,
  type Stranger,
  type Unidentified,
} from './identify/unidentified.ts';
import type { GuardedStore } from './failing/guarded.ts';
import type { Outside } from './outside.ts';
import { lastly, upon, type Soon } from './soon.ts';
import type { Bring, RequestView, Sha256 } from './request.ts';
import { createClassifier } from './route/classify.ts';
import { createEndpoints } from './route/endpoints.ts';
import { createFacts, type FactsOf } from './route/facts.ts';
import { countedMethod, preflightMethod } from './route/method.ts';
import { connectsOf, createPlace, type Placed } from './route/place.ts';
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
  /** Where it is not the answer's own: then it is a problem of this status, whatever the policy says of such answers. */
  readonly status?: number;
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
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly salt: string;
  readonly outside: Outside;
  readonly finders: Readonly<Record<string, Finder>>;
  readonly needs: Needs;
  readonly maxBodyBytes: number;
  /** What figures are worked out with. */
  readonly planning: PlannerOptions;
}

export interface Asker {
  readonly addresses: Addresses;
  readonly unidentified: Unidentified | undefined;
  readonly overrides: Overrides;
  /** A promise only where the source that decides had to wait, the body had to be read, or the store answers later. */
  read(view: RequestView, bring: Bring | undefined): Soon<Asked>;
  /** An address that nobody is known by yet, and what it sent where that matters. */
  strangerOf(view: RequestView): Stranger;
  /** The same of a request that was read. */
  knownBy(address: string, request: RequestFacts): Stranger;
  /** Ends a request here, at its address's expense. */
  fail(stranger: Stranger, answer: Failed['answer'], detail?: string): Soon<Failed>;
}

const NO_OPERATION: OperationHit = { index: -1, name: '', path: Object.freeze({}) };

/**
 * Who asks for what: the two questions before the limits. An exhausted address is turned away before any credential is looked
 * up, and every request that ends here is charged to its address; only what is no fault of the caller's is not.
 */
export function createAsker(options: AskOptions): Asker {
  const { policy, store, clock, sha256 } = options;
  const factsOf = createFacts(policy);
  const addresses = createAddresses(policy.address, believing(options, factsOf));
  const unidentified = createUnidentified(
    isOneFigure(policy.unidentified) ? byOneFigure(policy.unidentified, store) : byValue(options),
  );
  const identify = createIdentify(options);
  const asksElsewhere = policy.identify.some(({ find }) => find.is !== 'any' && find.is !== 'keys');
  const classify = createClassifier(policy.operations, policy.paths, sha256);
  const endpointOf = createEndpoints(policy, sha256);
  const overrides = createOverrides(policy);
  const place = createPlace({ ...options, classify, connects: connectsOf(policy) });

  function read(view: RequestView, bring: Bring | undefined): Soon<Asked> {
    const address = addresses.of(view);
    const outcome = unidentified?.refusal(stranger(view, address));
    return outcome instanceof Promise
      ? outcome.then(reading(view, bring, address))
      : readBy(view, bring, address, outcome);
  }

  function reading(
    view: RequestView,
    bring: Bring | undefined,
    address: string,
  ): (outcome: Outcome | undefined) => Soon<Asked> {
    return (outcome) => readBy(view, bring, address, outcome);
  }

  function readBy(
    view: RequestView,
    bring: Bring | undefined,
    address: string,
    outcome: Outcome | undefined,
  ): Soon<Asked> {
    if (outcome !== undefined) return { is: 'exhausted', outcome, address };
    const target = readTarget(view, policy.paths);
    if ('bad' in target)
      return fail(stranger(view, address), 'malformed', `The request cannot be read: ${target.bad}.`);
    const wanted = preflightMethod(view);
    return wanted === undefined
      ? examine(view, target, address, bring)
      : preflight(target, wanted, stranger(view, address));
  }

  function fail(from: Stranger, answer: Failed['answer'], detail?: string): Soon<Failed> {
    const address = addressOf(from);
    return upon(unidentified?.charge(from), (outcome) => ({ is: 'failed', answer, detail, address, outcome }));
  }

  function examine(view: RequestView, target: Target, address: string, bring: Bring | undefined): Soon<Asked> {
    const origin = { address, trusted: addresses.trusts(view.peer) };
    if (asksElsewhere) return examineHeld(view, target, origin, bring);
    const who = identify(view, target.search, origin, nothingHeld);
    return who instanceof Promise
      ? who.then(meeting(view, target, origin, bring))
      : meet(view, target, origin, bring, who);
  }

  function meet(
    view: RequestView,
    target: Target,
    { address }: Origin,
    bring: Bring | undefined,
    who: Identified,
  ): Soon<Asked> {
    if (who.is === 'subject') return ask(view, target, who.subject, bring);
    return unknown(who, address, stranger(view, address));
  }

  function meeting(
    view: RequestView,
    target: Target,
    origin: Origin,
    bring: Bring | undefined,
  ): (who: Identified) => Soon<Asked> {
    return (who) => meet(view, target, origin, bring, who);
  }

  /** Where somebody is asked who this is, that is a guess, of which an address has so many. */
  function examineHeld(view: RequestView, target: Target, origin: Origin, bring: Bring | undefined): Soon<Asked> {
    const { address } = origin;
    let held = false;
    const hold: Hold = () =>
      upon(unidentified?.hold(stranger(view, address)), (refused) => {
        held = refused === undefined;
        return refused;
      });
    const release = (): void => {
      if (held) unidentified?.release(address);
    };
    const go = (who: Identified): Soon<Asked> => {
      // A failure is charged before what was set aside comes back: at no time is there neither.
      if (who.is !== 'subject') return lastly(() => meet(view, target, origin, bring, who), release);
      release();
      return meet(view, target, origin, bring, who);
    };
    const who = identify(view, target.search, origin, hold);
    return who instanceof Promise ? who.then(go) : go(who);
  }

  function unknown(who: Exclude<Identified, { is: 'subject' }>, address: string, from: Stranger): Soon<Asked> {
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
          from,
          'malformed',
          'The request shows more than one credential, or one that can be read as another.',
        );
      case 'missing':
      case 'wrong':
        return fail(from, 'unauthorized');
      default:
        return who satisfies never;
    }
  }

  function ask(view: RequestView, target: Target, subject: Subject, bring: Bring | undefined): Soon<Asked> {
    const facts = factsOf(view, target);
    const method = countedMethod(view.method);
    const endpoint = endpointOf(method, target.path);
    if (endpoint !== undefined) {
      const own = { subject, operation: NO_OPERATION, request: facts, nowMs: clock.wallMs() };
      return { is: 'own', ask: own, target: onward(target), endpoint };
    }
    const placed = place({ view, method, path: target.path, subject, facts, bring });
    return placed instanceof Promise ? placed.then((one) => asked(one, target)) : asked(placed, target);
  }

  function asked(placed: Placed, target: Target): Soon<Asked> {
    if (!('is' in placed)) return { is: 'ask', ask: placed, target: onward(target) };
    const { ask: one } = placed;
    const { address } = one.subject;
    const from = knownBy(address, one.request);
    if (placed.is === 'nowhere') return upon(fail(from, 'not-found'), (failed) => ({ ...failed, ask: one }));
    const { status, detail } = placed;
    if (status < 500) return upon(fail(from, 'malformed', detail), (failed) => ({ ...failed, status, ask: one }));
    // What the server cannot do just now is no fault of the caller's.
    return { is: 'failed', answer: 'unavailable', detail, status, address, outcome: undefined, ask: one };
  }

  /** Passes where the request that it asks leave for could pass, whoever sends that, and costs its address one. */
  function preflight(target: Target, wanted: string, from: Stranger): Soon<Asked> {
    const known = [countedMethod(wanted), 'OPTIONS'].some((method) => classify(method, target.path, () => true));
    if (!known) return fail(from, 'not-found');
    return upon(unidentified?.charge(from), () => ({ is: 'preflight', target: onward(target) }));
  }

  function onward({ forward, search }: Target): string {
    return search === '' ? forward : forward + overrides.withoutOverride(search);
  }

  /** Mostly the address is all that matters. */
  function stranger(view: RequestView, address: string): Stranger {
    return unidentified?.reads === true ? { address, request: factsOf(view, UNREAD) } : address;
  }

  function knownBy(address: string, request: RequestFacts): Stranger {
    return unidentified?.reads === true ? { address, request } : address;
  }

  const strangerOf = (view: RequestView): Stranger => stranger(view, addresses.of(view));

  return { addresses, unidentified, overrides, read, strangerOf, knownBy, fail };
}

/** For those of whom nobody is asked. */
function nothingHeld(): undefined {
  return undefined;
}

/** `address.when` is judged by what is there before anything else is: what it cannot tell is not believed. */
function believing({ policy, planner, clock }: AskOptions, factsOf: FactsOf): Believes | undefined {
  const { when } = policy.address;
  if (when === undefined) return undefined;
  return (view) => {
    const subject = { auth: '', address: parseIp(view.peer)?.toString() ?? '' };
    const ask = { subject, operation: NO_OPERATION, request: factsOf(view, UNREAD), nowMs: clock.wallMs() };
    return evaluate(when, planner.scope(ask)) === true;
  };
}

/** What is charged to an address must not depend on a path that nobody has read yet. */
const UNREAD: Target = { path: '', forward: '', search: '' };

function isOneFigure({ is }: Value): boolean {
  return is === 'unlimited' || is === 'amount';
}
