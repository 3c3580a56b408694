import { HeadgateError } from '../../../core/index.ts';
import type { Attempt } from './compare-and-set.ts';
import type { Decided, Group } from './group.ts';

/** Groups that one call carries. */
const MAX_GROUPS = 64;
/** How often a group is decided anew because somebody else was faster. */
export const MAX_ROUNDS = 32;

/** A group, what was decided for it, and what is to be compared and written. */
export interface Turn {
  readonly group: Group;
  readonly decided: Decided | undefined;
  readonly attempt: Attempt;
}

/** In a cluster a step has one home, and so have those that share a record with it. */
export function homeOf({ places }: Group): string {
  return places[0]!.home;
}

/** Groups by the call that carries them: in a cluster, one home a call. */
export function inCalls(groups: readonly Group[], isCluster: boolean): Group[][] {
  return isCluster ? [...Map.groupBy(groups, homeOf).values()].flatMap(cut) : cut(groups);
}

function cut(groups: readonly Group[]): Group[][] {
  const calls = Math.ceil(groups.length / MAX_GROUPS);
  return Array.from({ length: calls }, (_, i) => groups.slice(i * MAX_GROUPS, (i + 1) * MAX_GROUPS));
}

export function unread(group: Group): Turn {
  return { group, decided: undefined, attempt: { nowMs: 0, untilMs: 0, records: group.unread } };
}

export function answerAll({ group, decided }: Turn): void {
  for (const [i, ask] of group.asks.entries()) {
    const said = decided!.said[i]!; // One for each step.
    if ('fault' in said) ask.fail(said.fault);
    else ask.answer(said);
  }
}

export function failAll({ asks }: Group, fault: unknown): void {
  for (const ask of asks) ask.fail(fault);
}

export function contended(): HeadgateError {
  return new HeadgateError(
    'ERR_STORE',
    `redis: expected a record to stand still once in ${MAX_ROUNDS} rounds, got none`,
  );
}
