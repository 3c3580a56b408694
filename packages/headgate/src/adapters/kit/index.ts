export type { AdapterWarningCode } from './faults.ts';
export { decisionOf } from './decision-of.ts';
export { Guard } from './guard.ts';
export { RouteGuard, type RouteSpec } from './route.ts';
export {
  RequestDecision,
  type Answer,
  type AnyDecision,
  type Charged,
  type HandedDecision,
  type NamedLimit,
  type Units,
} from './decision.ts';
export { setVisit, Visit, visitOf, type Begun, type Over } from './visit.ts';
export { isAddress } from './address.ts';
export { HeldBack } from './held-back.ts';
export { nextId } from './ids.ts';
export { Pieces } from './pieces.ts';
export { sha256 } from './sha256.ts';
export { readsAlike, type Reading } from './readings.ts';
export { isBodiless, TWO_READINGS, UNJUDGED, type Reply } from './reply.ts';
export type { AnyStore, LaterOf, Options } from './options.ts';
export { isRouteSpec, type NamesOf, type QuickLimits, type Spec } from './spec.ts';
export type { LimitSpec } from '../../gate/index.ts';
export type { Warning } from './warnings.ts';
export { HeadgateError, type SyncStore } from '../../core/index.ts';
export {
  upon,
  type Soon,
  type Answered,
  type AppEvent,
  type Bring,
  type Brought,
  type Fields,
  type EventDecision,
  type Names,
  type OnAppEvent,
  type RequestView,
  type Rewrite,
  type StoreChange,
} from '../../http/index.ts';
export { certificateOf, type ClientCertificate } from '../../http/index.ts';
