import { Lease, Ledger, REMEMBER_MS, type Remembered } from '../../../core/index.ts';

/** What is reserved under an id for one length of time; entries lead to one another. */
type WrittenLease = Pick<Lease, 'id' | 'holdMs' | 'untilMs' | 'first'>;

/** A ledger as data: what is reserved, what is remembered, what buckets were charged; each in its order. */
type Written = readonly [WrittenLease[], [string, Remembered][], [string, number][]];

/** A ledger as JSON, in which any id is told from any other; empty when it remembers nothing. */
export function textOf(ledger: Ledger | undefined, now: number): string {
  if (ledger === undefined) return '';
  const requests = [...ledger.requests].filter(([, { untilMs }]) => untilMs > now);
  const leases = [...ledger.live()].flatMap(leasesFrom);
  if (leases.length === 0 && requests.length === 0) return '';
  return JSON.stringify([leases, requests, [...ledger.charged]] satisfies Written);
}

/** The leases of one id, the last one first: so they are reserved again. */
function leasesFrom(leading: Lease): WrittenLease[] {
  const { id, holdMs, untilMs, first, other } = leading;
  return [...(other === undefined ? [] : leasesFrom(other)), { id, holdMs, untilMs, first }];
}

/** What ends later than what is made now was made by a clock that has since gone back: as if made now. */
export function ledgerFrom(text: string, now: number): Ledger | undefined {
  if (text === '') return undefined;
  const [leases, requests, charged] = JSON.parse(text) as Written; // What `textOf` wrote.
  const ledger = new Ledger();
  for (const { id, holdMs, untilMs, first } of leases)
    ledger.reserve(new Lease(id, holdMs, Math.min(untilMs, now + holdMs), ledger.find(id), first));
  for (const [name, request] of requests)
    ledger.remember(name, { ...request, untilMs: Math.min(request.untilMs, now + REMEMBER_MS) });
  for (const [bucket, units] of charged) ledger.tally(bucket, units);
  return ledger;
}
