import { describe, expect, it } from 'vitest';
import { manualClock } from '../testing/index.ts';
import { createGate, type Gate } from './index.ts';

/** Whatever JavaScript passes for a cost: nothing of it is one. */
const NO_COSTS: readonly (readonly [unknown, string])[] = [
  [-5, '-5'],
  [Number.NaN, 'NaN'],
  [0.5, '0.5'],
  [Infinity, 'Infinity'],
  ['3', '"3"'],
  ['', '""'],
  [null, 'null'],
  [3n, '3'],
  [true, 'true'],
  [Symbol('x'), 'Symbol(x)'],
  [[], 'object'],
  [{}, 'object'],
  [Object.create(null), 'object'],
  [() => 1, 'function'],
];

const jobs = (): Gate<'running'> =>
  createGate({ limits: { running: { concurrency: 5, lease: '1m' } }, clock: manualClock() });

describe('of permits alone, whose costs are not read', () => {
  it.each(NO_COSTS)('%# what is no cost is refused all the same, and nothing is taken', (cost, told) => {
    const gate = jobs();
    expect(() => gate.decide('k', { cost: cost as number })).toThrow(`got ${told}`);
    expect(gate.peek('k').remaining).toBe(5);
  });

  it.each(NO_COSTS)('%# a settlement for what is no cost is refused, and the permit stays out', (cost, told) => {
    const gate = jobs();
    const job = gate.decide('k');
    for (const held of [job, gate.reservation('k', job.reservation!.id)])
      expect(() => held.settle(cost as number)).toThrow(
        `ERR_COST: costs[0]: expected a whole number from 0 to 2^53 - 1, got ${told}`,
      );
    expect(gate.peek('k').remaining).toBe(4);
    expect(job.settle(7).returned).toEqual({ running: 1 });
  });
});

describe('what plain JavaScript passes beside', () => {
  it.each([
    [{ id: 'r' }, 'id: expected cost, requestId, got "r"'],
    [5, 'options: expected cost, requestId, got 5'],
    [null, 'options: expected cost, requestId, got null'],
  ])('%j is refused, and nothing is taken', (options, says) => {
    const gate = jobs();
    for (const ask of ['decide', 'peek'] as const)
      expect(() => gate[ask]('k', options as object)).toThrow(`ERR_OPTION: ${says}`);
    expect(gate.peek('k').remaining).toBe(5);
  });

  it('is refused of a grant and of a gate, too, of which a part would be left out', () => {
    const gate = createGate({ limits: { calls: { quota: '5/day', grants: true } }, clock: manualClock() });
    const grant = { id: 'g', units: { calls: 5 }, untl: new Date(0) };
    expect(() => gate.grant('k', grant)).toThrow('ERR_OPTION: untl: expected id, units, until, got object');
    const late = { limits: { calls: '5/minute' }, deadlineMs: 5 };
    expect(() => createGate(late)).toThrow('ERR_OPTION: deadlineMs: expected limits, store, clock, newId, got 5');
    expect(() => createGate(5 as never)).toThrow('ERR_OPTION: options: expected limits');
  });
});

it('names the part of the subject that is missing, also where there is none at all', () => {
  const gate = createGate({ limits: { running: { concurrency: 5, per: 'key', lease: '1m' } } });
  for (const nobody of [null, undefined, [], 7])
    expect(() => gate.decide(nobody as unknown as string)).toThrow(/^ERR_KEY: key: expected text/);
});
