import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KEYED, world } from './world.ts';

/*
 * The promise of every wait, from the text of a policy on: nobody else coming, the same request is denied 1 ms before
 * and admitted at the instant that was told, over ends of periods, changes of clocks, and overrides that come and go.
 */

const RUNS = 300;

/** Shortly before a midnight, an end of a month, of a year, and a change of the clocks somewhere. */
const MOMENTS = [
  '2026-05-15T23:59:00Z',
  '2026-02-28T23:58:30Z',
  '2026-12-31T22:59:59.999Z',
  '2026-03-29T00:30:00Z',
  '2026-10-24T21:59:30Z',
  '2026-11-01T03:59:00Z',
  '2026-09-05T23:30:00-04:00',
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Asia/Kolkata', 'Australia/Lord_Howe'];

interface Kind {
  /** What a limit says after its amount. */
  readonly words: string;
  readonly amount: (units: number) => string;
}

const rateKind = (over: string, words: string): Kind => ({ words, amount: (units) => `rate: ${units}/${over}` });
const over = fc.constantFrom('3s', '10s', '1m', '90m', '24h');
const kinds = fc.oneof(
  fc
    .tuple(over, fc.constantFrom('first', 'clock', 'spread'))
    .map(([w, at]) => rateKind(w, `algorithm: fixed, align: ${at}`)),
  fc.tuple(over, fc.constantFrom(2, 5, 16)).map(([w, slices]) => rateKind(w, `slices: ${slices}`)),
  over.map((w) => rateKind(w, 'algorithm: bucket')),
  fc
    .tuple(fc.constantFrom('day', 'week', 'month', 'year'), fc.constantFrom(...ZONES), fc.integer({ min: 1, max: 31 }))
    .map(([period, zone, anchor]): Kind => ({
      words: `calendar: { zone: ${zone}, anchor: ${anchor} }`,
      amount: (units) => `quota: ${units}/${period}`,
    })),
);

/** An override: which limit, how much, from when and for how long, in seconds around the beginning. */
const overrides = fc.array(
  fc.record({
    limit: fc.nat(2),
    units: fc.integer({ min: 1, max: 9 }),
    from: fc.integer({ min: -400, max: 4000 }),
    lasts: fc.integer({ min: 1, max: 3000 }),
  }),
  { maxLength: 6 },
);
const steps = fc.array(fc.record({ afterMs: fc.oneof(fc.constant(0), fc.nat(400_000)), n: fc.nat(3) }), {
  minLength: 4,
  maxLength: 25,
});

const cases = fc.record({
  at: fc.constantFrom(...MOMENTS),
  limits: fc.array(fc.record({ kind: kinds, units: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 3 }),
  overrides,
  readsRequest: fc.boolean(),
  steps,
});
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

const valueOf = (kind: Kind, units: number): string => kind.amount(units).split(': ')[1] ?? '';

function policyOf(given: Case): string {
  const beginsAt = Date.parse(given.at);
  const instant = (seconds: number): string => JSON.stringify(new Date(beginsAt + seconds * 1000).toISOString());
  const limits = given.limits.map(
    ({ kind, units }, i) =>
      `  l${i}: { ${kind.amount(units)}, ${kind.words}, cost: facts.n${given.readsRequest ? ', when: \'request.method == "GET"\'' : ''} }`,
  );
  // Each begins at its own second, so that no two tie.
  const exceptions = given.overrides.map(({ limit, units, from, lasts }, i) => {
    const place = limit % given.limits.length;
    const value = valueOf(given.limits[place]?.kind ?? rateKind('1s', ''), units);
    return `  - { for: { key: k }, limits: { l${place}: ${value} }, from: ${instant(from * 7 + i)}, until: ${instant(from * 7 + i + lasts)}, reason: r, by: b }`;
  });
  return `${KEYED}limits:\n${limits.join('\n')}\n${exceptions.length === 0 ? '' : `overrides:\n${exceptions.join('\n')}\n`}`;
}

/** The first wait that was not exact, in words. */
function untrue(given: Case): string | undefined {
  const w = world(policyOf(given), given.at);
  for (const { afterMs, n } of given.steps) {
    w.clock.advance(afterMs);
    const asked = { facts: { n } };
    const told = w.ask(asked);
    if (told.allowed || told.no !== 'until') continue;
    const what = `told ${told.retryAfterMs} ms by ${told.binding} for ${n}`;
    if (!(told.retryAfterMs > 0)) return what;
    w.clock.advance(told.retryAfterMs - 1);
    if (w.ask(asked).allowed) return `${what}: too long`;
    w.clock.advance(1);
    const again = w.ask(asked);
    // Two limits that are each wide enough, but at no time both: never, which is told once one of them is past it.
    if (!again.allowed && again.no !== 'never') return `${what}: too short`;
  }
  return undefined;
}

it('a wait is exact to the ms, whatever limits and overrides a policy has', () => {
  const exact = fc.property(cases, (given) => {
    const wrong = untrue(given);
    if (wrong !== undefined) throw new Error(`${wrong}\n${policyOf(given)}`);
  });
  const { failed, errorInstance } = fc.check(exact, { numRuns: RUNS });
  expect(failed ? String(errorInstance) : '').toBe('');
});
