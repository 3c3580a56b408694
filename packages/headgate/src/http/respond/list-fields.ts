import type { HeaderBlock } from '../../profile/index.ts';
import type { DialectWriter } from './dialects.ts';
import { draftReset, policiesOf, push, shownRemaining } from './figure-fields.ts';
import { seconds } from './format.ts';
import { nameItem, plannedOf, policyItem, quotaPolicies, withoutEqualUnits } from './policy-items.ts';
import { member, members, parameter } from './structured.ts';
import { refuses, resetInMsOf, waitMsOf, type Told } from './told.ts';

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
      const limit = member('limit', told.limits[lead]?.shown ?? 0);
      const remaining = member('remaining', shownRemaining(block, told, lead));
      out.push(name, members([limit, remaining, member('reset', seconds(resetInMs))]));
    },
  };
}

/** draft-11: `RateLimit-Policy: "burst";q=100;w=60` (3) and `RateLimit: "burst";r=50;t=30` (4). */
export function namedItems(block: HeaderBlock): DialectWriter {
  const [name, policyName] = singleNames(block);
  const key = block.partition === true ? partitionKey : () => '';
  const policies = policiesOf(block, (told, of) =>
    members(of.flatMap((i) => (told.limits[i] === undefined ? [] : [policyItem(told.limits[i]) + key(told, i)]))),
  );
  return {
    names: [name, policyName],
    write(out, told, of, lead) {
      push(out, policyName, policies(told, of, lead));
      let list = '';
      for (const i of of) list += (list === '' ? '' : ', ') + serviceLimit(block, told, i) + key(told, i);
      out.push(name, list);
    },
  };
}

/** `r` is never below 0 (4.1.1); `t` is when more is to be had, and `Retry-After` must not fall before it (6). */
function serviceLimit(block: HeaderBlock, told: Told, index: number): string {
  const limit = told.limits[index];
  if (limit === undefined) return '';
  const ms = refuses(told, index) ? waitMsOf(told) : resetInMsOf(told, index);
  const remaining = Math.max(0, shownRemaining(block, told, index));
  return nameItem(limit) + parameter('r', remaining) + (ms === undefined ? '' : parameter('t', seconds(ms)));
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
