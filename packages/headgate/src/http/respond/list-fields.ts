import type { HeaderBlock } from '../../profile/index.ts';
import type { DialectWriter } from './dialects.ts';
import { draftReset, policiesOf, push, shownRemaining } from './figure-fields.ts';
import { seconds } from './format.ts';
import { nameItem, plannedOf, policyItem, quotaPolicies, withoutEqualUnits } from './policy-items.ts';
import { integer, member, members, parameter } from './structured.ts';
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
  // Without partitions the list is the same for all requests of a profile.
  const policies = policiesOf(block, block.partition === true ? listed : rememberedOf(listed));
  const beginnings = rememberedOf((told, of) =>
    of.map((i, nth) => `${nth === 0 ? '' : ', '}${nameItemAt(told, i)};r=`),
  );
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      push(out, policyName, policies(told, of, lead));
      const begin = beginnings(told, of);
      let list = '';
      for (let i = 0; i < of.length; i++)
        list += (begin[i] ?? '') + serviceLimit(block, told, of[i] ?? 0) + key(told, of[i] ?? 0);
      out.push(name, list);
    },
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

/** The value of `r`, which is never below 0 (4.1.1), and `t`: when more is to be had, and `Retry-After` must not fall before it (6). */
function serviceLimit(block: HeaderBlock, told: Told, index: number): string {
  if (!told.denied) return parameters(remainingOf(told, index), resetInMsOf(told, index));
  const ms = refuses(told, index) ? waitMsOf(told) : resetInMsOf(told, index);
  return parameters(shownRemaining(block, told, index), ms);
}

function parameters(remaining: number, ms: number | undefined): string {
  const shown = integer(remaining > 0 ? remaining : 0);
  return ms === undefined ? shown : `${shown};t=${integer(seconds(ms))}`;
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
