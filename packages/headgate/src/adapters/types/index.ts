/** What programs name of a gate, a decision and a warning: every adapter exports the same. */
export type {
  AppEvent,
  Answer,
  AnyStore,
  Charged,
  EventDecision,
  NamedLimit,
  Names,
  OnAppEvent,
  Options,
  QuickLimits,
  RequestDecision,
  RouteSpec,
  Spec,
  StoreChange,
  Units,
  Warning,
} from '../kit/index.ts';
