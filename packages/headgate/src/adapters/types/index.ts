/** What programs name of a gate, a decision and a warning: every adapter exports the same. */
export type {
  Charged,
  NamedLimit,
  Names,
  Options,
  QuickLimits,
  RequestDecision,
  RouteSpec,
  Spec,
  Units,
  Warning,
} from '../kit/index.ts';
