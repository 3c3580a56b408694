import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateOf, KEY, type Asked } from '../gate-of.ts';

/*
 * Ladders against a literal reading of what they promise, over a list of charges: of the steps that the use would pass, the one with the
 * highest fill decides, at equal fills the first whose condition holds; those that it reaches tell.
 */

const WINDOW = 10_000;
const AMOUNT = 20;

const ACTIONS = ['deny', 'admit', 'shadow', 'drop'] as const;
const step = fc.record({
  at: fc.constantFrom(10, 35, 50, 80, 99.5, 100, 110, 150, 300),
  urgent: fc.constantFrom(undefined, true, false),
  action: fc.constantFrom(...ACTIONS),
});
const asks = fc.array(
  fc.record({ cost: fc.integer({ min: 0, max: 30 }), urgent: fc.boolean(), after: fc.integer({ min: 0, max: 4000 }) }),
  { minLength: 1, maxLength: 40 },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** At one fill nothing stands after a step that always holds: that is refused when it is read. */
function readable(steps: readonly Step[]): readonly Step[] {
  const always = new Set<number>();
  return steps.filter(({ at, urgent }) => {
    if (always.has(at)) return false;
    if (urgent === undefined) always.add(at);
    return true;
  });
}

const written = ({ at, urgent, action }: Step): string => {
  const when = urgent === undefined ? '' : `when: 'request.method ${urgent ? '==' : '!='} "PUT"', `;
  return `{ at: ${at}%, ${when}${action === 'deny' ? 'deny: exceeded' : `${action}: true`} }`;
};

/** Charges in windows that begin with the first of them: added up anew each time. */
class Charges {
  #charges: { readonly atMs: number; readonly units: number }[] = [];
  #endsAtMs = 0;

  usedAt(nowMs: number): number {
    return nowMs >= this.#endsAtMs ? 0 : this.#charges.reduce((sum, { units }) => sum + units, 0);
  }

  add(nowMs: number, units: number): void {
    if (units === 0) return;
    if (nowMs >= this.#endsAtMs) [this.#charges, this.#endsAtMs] = [[], nowMs + WINDOW];
    this.#charges.push({ atMs: nowMs, units });
  }
}

function decides(steps: readonly Step[], wouldBe: number, cost: number, urgent: boolean): Step['action'] {
  if (cost === 0) return 'admit';
  const passed = steps.filter(
    (one) =>
      (one.urgent === undefined || one.urgent === urgent) && wouldBe > Math.floor((AMOUNT * one.at) / 100 + 1e-9),
  );
  const highest = Math.max(...passed.map(({ at }) => at));
  return passed.find(({ at }) => at === highest)?.action ?? 'admit';
}

describe('a ladder', () => {
  it('does what a literal reading of it says, and waits no longer and no shorter', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }).map(readable), asks, (steps, all) => {
        const at = gateOf(
          `${KEY}limits: { a: { rate: ${AMOUNT}/10s, algorithm: fixed, per: key, cost: request.bytes, past: [${steps.map(written).join(', ')}] } }`,
        );
        const charges = new Charges();
        for (const { cost, urgent, after } of all) {
          at.clock.nowMs += after;
          const used = charges.usedAt(at.clock.nowMs);
          const action = decides(steps, used + cost, cost, urgent);
          const handled = ask(at, cost, urgent);
          const isRefused = action === 'deny' || action === 'drop';
          expect(handled.kind, `${used} + ${cost}: ${action}`).toBe(isRefused ? 'answer' : 'forward');
          if (handled.kind === 'forward') {
            if (action !== 'shadow') charges.add(at.clock.nowMs, cost);
            continue;
          }
          refused++;
          expect(handled.silent === true).toBe(action === 'drop');
          const waitMs = handled.denial?.retryAfterMs;
          const lets = (ms: number): boolean =>
            !['deny', 'drop'].includes(decides(steps, charges.usedAt(at.clock.nowMs + ms) + cost, cost, urgent));
          const [looked, promised] =
            waitMs === undefined
              ? [[0, 1, WINDOW, 2 * WINDOW].map(lets), [false, false, false, false]]
              : [
                  [lets(waitMs - 1), lets(waitMs)],
                  [false, true],
                ];
          expect(looked).toEqual(promised);
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

function ask({ ask: send }: Asked, cost: number, urgent: boolean): ReturnType<Asked['ask']> {
  return send({
    method: urgent ? 'PUT' : 'GET',
    fields: [
      ['X-API-Key', 'k'],
      ['Content-Length', String(cost)],
    ],
  });
}
