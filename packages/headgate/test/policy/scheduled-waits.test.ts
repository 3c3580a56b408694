import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KEYED, world } from './world.ts';

/*
 * The promise of every wait where figures follow schedules: nobody else coming, the same request is denied 1 ms before and
 * admitted at the instant that was told, while schedules open and close, clocks change, and limits come to nothing and back.
 */

const RUNS = 150;
/** Changes are known for at least so long, with one or two spans a day. */
const KNOWN_MS = 7 * 86_400_000;
/** Shortly before clocks change somewhere, and an ordinary evening. */
const MOMENTS = [
  '2026-05-15T21:30:00Z',
  '2026-03-29T00:20:00Z',
  '2026-10-25T00:10:00Z',
  '2026-04-04T14:30:00Z',
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe'] as const;
const SPANS = ['22:00-06:00', '01:30-02:30', '02:15-03:00', 'Sat,Sun', '00:00-12:00', '23:55-00:05'] as const;
const KINDS = [
  ['rate', '1h', ''],
  ['rate', '10m', 'algorithm: fixed, '],
  ['rate', '1h', 'algorithm: fixed, align: clock, '],
  ['rate', '1h', 'algorithm: bucket, '],
  ['rate', '90m', 'slices: 3, '],
  ['quota', 'day', ''],
  ['quota', 'open', ''],
] as const;

const cases = fc.record({
  at: fc.constantFrom(...MOMENTS),
  zone: fc.constantFrom(...ZONES),
  spans: fc.uniqueArray(fc.constantFrom(...SPANS), { minLength: 1, maxLength: 2 }),
  limits: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      units: fc.integer({ min: 1, max: 9 }),
      open: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('unlimited' as const)),
      how: fc.constantFrom('cases', 'plain', 'when', 'not'),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  steps: fc.array(fc.record({ afterMs: fc.oneof(fc.constant(0), fc.nat(4_000_000)), n: fc.nat(4) }), {
    minLength: 4,
    maxLength: 16,
  }),
});
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;

function policyOf({ zone, spans, limits }: Case): string {
  const rows = limits.map(({ kind: [kind, over, words], units, open, how }, i) => {
    const amount = `${units}/${over}`;
    const there = open === 'unlimited' ? open : `${open}/${over}`;
    const value = how === 'cases' ? `{ cases: [{ when: during("open"), use: ${there} }, { use: ${amount} }] }` : amount;
    const when = how === 'when' ? ', when: \'during("open")\'' : how === 'not' ? ', when: \'!during("open")\'' : '';
    return `  l${i}: { ${kind}: ${value}, ${words}per: key, cost: facts.n${when} }`;
  });
  return `${KEYED}schedules: { open: { zone: ${zone}, spans: [${spans.map((span) => `"${span}"`).join(', ')}] } }\nlimits:\n${rows.join('\n')}\n`;
}

/** The first wait that was not exact, in words. */
function untrue(given: Case): string | undefined {
  const w = world(policyOf(given), given.at);
  for (const { afterMs, n } of given.steps) {
    w.clock.advance(afterMs);
    const asked = { facts: { n } };
    const told = w.ask(asked);
    // Limits that are wide enough by turns, and never at once, are told as far as changes are known.
    if (told.allowed || told.no !== 'until' || told.retryAfterMs > KNOWN_MS) continue;
    const what = `told ${told.retryAfterMs} ms by ${told.binding} for ${n} at ${new Date(w.clock.wallMs()).toISOString()}`;
    if (!(told.retryAfterMs > 0)) return what;
    w.clock.advance(told.retryAfterMs - 1);
    if (w.ask(asked).allowed) return `${what}: too long`;
    w.clock.advance(1);
    const again = w.ask(asked);
    if (!again.allowed && again.no !== 'never') return `${what}: too short, by ${again.binding}`;
  }
  return undefined;
}

it('a wait is exact to the ms, whatever schedules do to limits', () => {
  const exact = fc.property(cases, (given) => {
    const wrong = untrue(given);
    if (wrong !== undefined) throw new Error(`${wrong}\n${policyOf(given)}`);
  });
  const { failed, errorInstance } = fc.check(exact, { numRuns: RUNS });
  expect(failed ? String(errorInstance) : '').toBe('');
});
