import type { Clock, Outcome } from '../../core/index.ts';
import type { Ask, CompiledPolicy, Plan } from '../../profile/index.ts';
import { look, type Decided, type Judging } from '../decide.ts';
import { hitOf } from '../holds/hit.ts';
import type { OnReport } from '../holds/report.ts';
import type { Reservation } from '../holds/reservation.ts';
import type { Outside } from '../outside.ts';
import type { Refusals } from '../respond/refusals.ts';
import { upon, type Soon } from '../soon.ts';
import { createCourier, createMessages, sendsMessages } from './channels.ts';
import type { Courier } from './courier.ts';
import { createNotices, type OnNotice } from './notices.ts';
import { MAILTO, type SendMail } from './mail.ts';
import { createOverages, type Overage } from './overages.ts';

/** Whom the program around the gate has told. */
export interface Told {
  readonly onNotice?: OnNotice;
  readonly onOverage?: (overage: Overage) => void;
  readonly courier?: Courier;
  readonly mail?: SendMail;
  readonly tellsFills?: boolean;
}

export interface TellingOptions {
  readonly policy: CompiledPolicy;
  readonly told: Told;
  readonly judging: Judging;
  readonly clock: Clock;
  readonly outside: Outside;
  readonly onReport: OnReport;
  readonly subjectOf: Refusals['subjectOf'];
}

/** Tells whoever wants to know how far limits are used, and what is billed. Each is undefined where nobody does. */
export interface Telling {
  readonly decided: ((ask: Ask, decided: Decided) => void) | undefined;
  /** What was given back, or charged in addition. */
  readonly amended: ((ask: Ask, plan: Plan, outcome: Outcome) => void) | undefined;
  /** What came to more than it reserved. */
  readonly more: ((reservation: Reservation) => Soon<void>) | undefined;
  readonly settled: ((reservation: Reservation, outcome: Outcome) => Soon<void>) | undefined;
}

export function createTelling(options: TellingOptions): Telling {
  const { policy, told, judging, clock, outside, onReport, subjectOf } = options;
  const { onNotice, onOverage, tellsFills = true } = told;
  const messages = sendsMessages(policy)
    ? createMessages({
        policy,
        env: outside.env,
        courier: told.courier ?? createCourier(troubled, { ...outside, ...(told.mail && { mail: told.mail }) }),
        scopeOf: (subject) =>
          judging.planner.scope({ subject, operation: { index: -1, name: '', path: {} }, nowMs: clock.wallMs() }),
        onNobody: (channel, subject) =>
          onReport({
            is: 'webhook',
            limit: '',
            operation: '',
            subject: subjectOf(subject),
            detail: `${channel}: nobody who may be told`,
          }),
      })
    : undefined;
  const isHeard = onNotice !== undefined || messages !== undefined;
  const notify =
    tellsFills && isHeard && policy.limits.some(({ ladder }) => ladder !== undefined)
      ? createNotices(
          (notice, subject) => {
            onNotice?.(notice, subject);
            messages?.notice(notice, subject);
          },
          subjectOf,
          judging.store.memos,
        )
      : undefined;
  const overages =
    (onOverage !== undefined || messages !== undefined) && bills(policy)
      ? createOverages((overage, { channels }) => {
          onOverage?.(overage);
          messages?.overage(overage, channels, subjectOf(overage.subject));
        })
      : undefined;

  function troubled(url: string, detail: string): void {
    onReport({ is: 'webhook', limit: '', operation: '', subject: '', detail: `${placeOf(url)}: ${detail}` });
  }

  function decided(ask: Ask, one: Decided): void {
    // What only this process counts says nothing of how far a limit is used.
    if (one.by !== judging.store) return;
    notify?.(ask, one);
    overages?.decided({ subject: ask.subject, operation: ask.operation.name }, one);
  }

  function standing({ subject, operation }: Reservation): ReturnType<typeof look> {
    return look(judging, { subject, operation: hitOf(policy, operation), nowMs: clock.wallMs() });
  }

  function more(reservation: Reservation): Soon<void> {
    const { subject, operation } = reservation;
    const ask = { subject, operation: hitOf(policy, operation), nowMs: clock.wallMs() };
    return upon(standing(reservation), (found) => notify?.(ask, found));
  }

  /** What was settled is told by a program that knows no calendar: how the limits stand is looked at. */
  function settled(reservation: Reservation, outcome: Outcome): Soon<void> {
    const { subject, operation, limits, by } = reservation;
    if (by !== judging.store || outcome.returns.every((units) => units === 0)) return undefined;
    return upon(standing(reservation), (found) => overages?.settled({ subject, operation }, limits, outcome, found));
  }

  return {
    decided: notify === undefined && overages === undefined ? undefined : decided,
    amended:
      overages &&
      ((ask, plan, outcome) =>
        overages.changed({ subject: ask.subject, operation: ask.operation.name }, plan, outcome)),
    more: notify && more,
    settled: overages && settled,
  };
}

/** Of a receiver no more is written down than who runs it: paths of web hooks are secrets, and mailboxes people's. */
export function placeOf(url: string): string {
  return url.startsWith(MAILTO) ? `mail to ${url.slice(url.lastIndexOf('@') + 1)}` : new URL(url).origin;
}

function bills({ limits }: CompiledPolicy): boolean {
  return limits.some(({ ladder = [] }) => ladder.some(({ action }) => action.is === 'bill'));
}
