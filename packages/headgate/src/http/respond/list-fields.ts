import type { HeaderBlock } from '../../profile/index.ts';
import type { DialectWriter } from './dialects.ts';
import { draftReset, policiesOf, push, shownRemaining } from './figure-fields.ts';
import { seconds } from './format.ts';
import { Line, NO_RESET, resetText } from './line.ts';
import { nameItem, plannedOf, policyItem, quotaPolicies, withoutEqualUnits } from './policy-items.ts';
import { member, members, parameter, wholeNumber } from './structured.ts';
import { amountOf, refuses, remainingOf, resetInMsOf, waitMsOf, type Told } from './told.ts';

/** draft-07: `RateLimit: limit=100, remaining=50, reset=5`, of which limit and reset are owed (3.1), and the policies (3.5). */
export function oneDictionary(block: HeaderBlock): DialectWriter {
  const [name, policyName] = singleNames(block);
  const policies = policiesOf(block, (told, of) => quotaPolicies(withoutEqualUnits(plannedOf(told, of))));
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      push(out, policyName, policies(told, of, lead));
      const resetInMs = draftReset(told, lead);
      if (resetInMs === undefined) return;
      const limit = member('limit', amountOf(told, lead));
      const remaining = member('remaining', shownRemaining(block, told, lead));
      out.push(name, members([limit, remaining, member('reset', seconds(resetInMs))]));
    },
  };
}

/** draft-11: `RateLimit-Policy: "burst";q=100;w=60` (3) and `RateLimit: "burst";r=50;t=30` (4). */
export function namedItems(block: HeaderBlock): DialectWriter {
  const [name, policyName] = singleNames(block);
  const key = block.partition === true ? partitionKey : () => '';
  const listed = (told: Told, of: readonly number[]): string =>
    members(of.flatMap((i) => (told.limits[i] === undefined ? [] : [policyItem(told.limits[i]) + key(told, i)])));
  // Without partitions the list is the same for all requests of a profile, and the other one nearly so.
  const policies = policiesOf(block, block.partition === true ? listed : rememberedOf(listed));
  const write = block.partition === true ? writeItems(block) : writeLine(block);
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      push(out, policyName, policies(told, of, lead));
      out.push(name, write(told, of));
    },
  };
}

/** Writes the list of service limits. */
type Write = (told: Told, of: readonly number[]) => string;

function writeItems(block: HeaderBlock): Write {
  const item = (told: Told, i: number): string =>
    nameItemAt(told, i) +
    parameter('r', serviceLimit(block, told, i)) +
    resetText(availableIn(told, i)) +
    partitionKey(told, i);
  return (told, of) => members(of.map((i) => item(told, i)));
}

function writeLine(block: HeaderBlock): Write {
  const lineOf = rememberedOf((told, of) => new Line(of.map((i) => `${nameItemAt(told, i)};r=`)));
  return (told, of) => {
    const line = lineOf(told, of);
    let text = '';
    let reset = NO_RESET;
    for (let i = 0; i < of.length; i++) {
      const index = of[i] ?? 0;
      text += line.figure(i, wholeNumber(serviceLimit(block, told, index)), reset);
      reset = availableIn(told, index);
    }
    return text + line.end(reset);
  };
}

function nameItemAt({ limits }: Told, index: number): string {
  const limit = limits[index];
  return limit === undefined ? '' : nameItem(limit);
}

/** Remembers what was made for the last list of limits: mostly the next request's is the same. */
function rememberedOf<Made>(
  make: (told: Told, of: readonly number[]) => Made,
): (told: Told, of: readonly number[]) => Made {
  let last: { readonly limits: Told['limits']; readonly of: readonly number[]; readonly made: Made } | undefined;
  return (told, of) => {
    if (last?.of !== of || last.limits !== told.limits) last = { limits: told.limits, of, made: make(told, of) };
    return last.made;
  };
}

/** `r`, which is never below 0 (4.1.1). */
function serviceLimit(block: HeaderBlock, told: Told, index: number): number {
  return Math.max(0, told.denied ? shownRemaining(block, told, index) : remainingOf(told, index));
}

/** `t`, in s: when more is to be had, and `Retry-After` must not fall before it (6). */
function availableIn(told: Told, index: number): number {
  const ms = told.denied && refuses(told, index) ? waitMsOf(told) : resetInMsOf(told, index);
  return ms === undefined ? NO_RESET : seconds(ms);
}

/** The counter's opaque name as bytes (3.1.4, 4.1.3): it tells partitions apart, and nothing of them. */
function partitionKey(told: Told, index: number): string {
  const bucket = told.bucket(index);
  return bucket === undefined ? '' : parameter('pk', Buffer.from(bucket, 'hex'));
}

/** `RateLimit` and `RateLimit-Policy`, whichever way the prefix is written. */
function singleNames({ prefix = 'RateLimit' }: HeaderBlock): readonly [string, string] {
  const name = prefix.replace(/-$/, '');
  return [name, `${name}-Policy`];
}
