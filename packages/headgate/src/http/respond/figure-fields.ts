import type { HeaderBlock } from '../../profile/index.ts';
import type { DialectWriter } from './dialects.ts';
import { httpDate, iso, seconds } from './format.ts';
import { plannedOf, quotaPolicies, withoutEqualUnits } from './policy-items.ts';
import { integer } from './structured.ts';
import { amountOf, instantOf, remainingOf, refuses, resetInMsOf, usedOf, waitMsOf, type Told } from './told.ts';
import { headerText } from './value.ts';

/** The policies that a field tells; empty when there is nothing to tell. */
type Policies = (told: Told, of: readonly number[], lead: number) => string;

/** `X-RateLimit-Limit`, `-Remaining`, `-Reset`: figures of the leading limit. No specification defines them. */
export function plainFigures(block: HeaderBlock): DialectWriter {
  const names = namesOf(block.prefix ?? 'X-RateLimit-');
  const policies = policiesOf(block, () => '');
  const write = RESETS[block.reset];
  return {
    names: Object.values(names),
    write(out, told, of, lead) {
      const resetInMs = resetInMsOf(told, lead);
      const reset = resetInMs === undefined ? '' : write(resetInMs, instantOf(told, resetInMs));
      out.push(names.limit, String(amountOf(told, lead)));
      out.push(names.remaining, String(shownRemaining(block, told, lead)));
      push(out, names.reset, reset);
      if (block.used) out.push(names.used, String(usedOf(told, lead)));
      push(out, names.policy, policies(told, of, lead));
    },
  };
}

/** draft-02: the figures alone; its policies are optional (5.1), and stand in `RateLimit-Limit` when the block writes them. */
export function figuresAlone(block: HeaderBlock): DialectWriter {
  return inLimit(block, () => '');
}

/** draft-03: `RateLimit-Limit: 120, 120;w=60, 4;w=1` (5.1). */
export function policiesInLimit(block: HeaderBlock): DialectWriter {
  return inLimit(block, (told, of) => quotaPolicies(plannedOf(told, of)));
}

function inLimit(block: HeaderBlock, usual: Policies): DialectWriter {
  const policies = policiesOf(block, usual);
  return draftFigures(block, (told, of, lead) => {
    const listed = policies(told, of, lead);
    const limit = integer(amountOf(told, lead));
    return listed === '' ? limit : `${limit}, ${listed}`;
  });
}

/** draft-06: the figures, and `RateLimit-Policy: 120;w=60, 4;w=1` beside them (3.1 to 3.4). */
export function policiesBeside(block: HeaderBlock): DialectWriter {
  const policies = policiesOf(block, (told, of) => quotaPolicies(withoutEqualUnits(plannedOf(told, of))));
  const figures = draftFigures(block, (told, _of, lead) => integer(amountOf(told, lead)));
  const { policy } = namesOf(block.prefix ?? 'RateLimit-');
  return {
    names: figures.names,
    write(out, told, of, lead) {
      push(out, policy, policies(told, of, lead));
      figures.write(out, told, of, lead);
    },
  };
}

/** Limit, remaining and reset as the drafts have them: a limit without a reset is not told (draft-03 3, draft-06 4). */
function draftFigures(block: HeaderBlock, limit: Policies): DialectWriter {
  const names = namesOf(block.prefix ?? 'RateLimit-');
  return {
    names: Object.values(names),
    write(out, told, of, lead) {
      const resetInMs = draftReset(told, lead);
      if (resetInMs === undefined) return;
      out.push(names.limit, limit(told, of, lead));
      out.push(names.remaining, integer(shownRemaining(block, told, lead)));
      out.push(names.reset, integer(seconds(resetInMs)));
      if (block.used) out.push(names.used, integer(usedOf(told, lead)));
    },
  };
}

/** The reset of a limit that refuses is the instant of `Retry-After` (draft-03 3, draft-06 4, draft-07 4). */
export function draftReset(told: Told, index: number): number | undefined {
  return (refuses(told, index) ? waitMsOf(told) : undefined) ?? resetInMsOf(told, index);
}

/** The policies in the block's own words, or the usual ones. */
export function policiesOf({ policy }: HeaderBlock, usual: Policies): Policies {
  if (policy === undefined) return usual;
  const render = headerText({ is: 'text', template: policy });
  return (told, _of, lead) => render(told, lead) ?? '';
}

export function push(out: string[], name: string, value: string): void {
  if (value !== '') out.push(name, value);
}

export function shownRemaining({ denied }: HeaderBlock, told: Told, index: number): number {
  return denied !== undefined && refuses(told, index) ? denied : remainingOf(told, index);
}

function namesOf(prefix: string): Readonly<Record<'limit' | 'remaining' | 'reset' | 'used' | 'policy', string>> {
  return {
    limit: `${prefix}Limit`,
    remaining: `${prefix}Remaining`,
    reset: `${prefix}Reset`,
    used: `${prefix}Used`,
    policy: `${prefix}Policy`,
  };
}

const RESETS: Readonly<Record<HeaderBlock['reset'], (inMs: number, atMs: number) => string>> = {
  epoch: (_, atMs) => String(seconds(atMs)),
  epochMs: (_, atMs) => String(atMs),
  delta: (inMs) => String(seconds(inMs)),
  iso: (_, atMs) => iso(atMs),
  http: (_, atMs) => httpDate(atMs),
};
