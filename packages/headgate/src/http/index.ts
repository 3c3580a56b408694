export { createAppGate } from './gate.ts';
export { createHttpGate } from './server-gate.ts';
export type { HttpGateOptions } from './gate-options.ts';
export type { Answered, AppGate, Denial, Forward, Handled, HttpGate } from './handled.ts';
export type { Adjust, AdjustOf, Grant, GrantOf } from './holds/adjust.ts';
export type { AppEvent, EventDecision, OnAppEvent } from './events/app.ts';
export type { Channel, Message, Opened, Verdict, Way } from './events/channel.ts';
export type { MessageNeeds } from './events/needs.ts';
export type { Inspection } from './body/inspection.ts';
export type { AnswerBody, Ending, Reads } from './holds/ending.ts';
export {
  guardStore,
  type GuardedStore,
  type GuardOptions,
  type GuardStats,
  type StoreChange,
} from './failing/guarded.ts';
export { createHolds, type Holds, type HoldsStats } from './holds/holds.ts';
export { createCourier } from './notify/channels.ts';
export { isPublic } from './notify/whom.ts';
export { placeOf } from './notify/telling.ts';
export type { Letter, SendMail } from './notify/mail.ts';
export type { Courier, CourierStats } from './notify/courier.ts';
export type { Notice, OnNotice } from './notify/notices.ts';
export type { Overage } from './notify/overages.ts';
export type { OnReport, Report } from './holds/report.ts';
export type { Resolution } from './holds/settled.ts';
export type { Judged } from './judged.ts';
export type { Bring, Brought, Fields, RequestView, Sha256 } from './request.ts';
export type { OnHostFault } from './hosts.ts';
export { certificateOf, type ClientCertificate, type SecureSocket } from './identify/certificate.ts';
export type { Finder } from './identify/find/called.ts';
export type { Fetch, Outside, Reply } from './outside.ts';
export type { Timers } from './delay/timers.ts';
export { HTTP_ERRORS } from './faults.ts';
export { upon, type Soon } from './soon.ts';
export type { Close, Written } from './respond/answer.ts';
export type { Rewrite, RewriteFor } from './respond/merge.ts';
export { problem, PROBLEM_TYPE } from './respond/problem.ts';
export { fieldValue } from './header-text.ts';
// What a program around the gate needs of the compiled policy, so that it need not load the language.
export {
  createPlanner,
  effectiveLimits,
  effectiveNotes,
  parseJson,
  type CompiledPolicy,
  type EffectiveLimit,
  type HostFunction,
  type NamedPolicy,
  type Names,
  type PlannerOptions,
} from '../profile/index.ts';
