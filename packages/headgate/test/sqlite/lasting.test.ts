import { describe, expect, it } from 'vitest';
import { programOf, type LimitSpec } from '../../src/testing/index.ts';
import { lastingProgram, passingProgram, quotaOf, Restartable } from './asker.ts';

const HOUR_MS = 3_600_000;
const RATES: readonly LimitSpec[] = [
  { kind: 'fixed', amount: 10, windowMs: HOUR_MS },
  { kind: 'gap', amount: 10, windowMs: HOUR_MS },
  { kind: 'sliding', amount: 10, windowMs: HOUR_MS, slices: 6 },
  { kind: 'bucket', amount: 10, windowMs: HOUR_MS },
];
const HELD: readonly LimitSpec[] = [
  { kind: 'level', amount: 10 },
  { kind: 'level', amount: 10, holdMs: HOUR_MS },
  { kind: 'concurrency', amount: 10, holdMs: HOUR_MS },
  ...RATES.map((rate) => ({ ...rate, holdMs: HOUR_MS })),
];

async function leftAfterRestart(at: Restartable, program: ReturnType<typeof programOf>): Promise<number> {
  await at.asker.decide(program, { cost: 4, reservationId: 'a' });
  await at.restart();
  return at.asker.left(program, { reservationId: 'x' });
}

describe('after a restart', () => {
  it('a quota is what it was', async () => {
    const at = new Restartable();
    expect(await leftAfterRestart(at, programOf(quotaOf(at.clock, 10)))).toBe(6);
  });

  it.each(HELD)('a $kind held for $holdMs ms is what it was', async (spec) => {
    const at = new Restartable();
    const program = programOf(spec);
    expect(await leftAfterRestart(at, program)).toBe(6);
    if (spec.holdMs === undefined) return;
    expect((await at.asker.ask('cancel', program, { reservationId: 'a' })).returned).toBe(4);
    await at.restart();
    expect(await at.asker.left(program, { reservationId: 'x' })).toBe(10);
    expect((await at.asker.ask('cancel', program, { reservationId: 'a' })).status).toBe('unknown');
  });

  it.each(RATES)('a durable $kind is what it was, and any other begins anew', async (spec) => {
    const at = new Restartable();
    expect(await leftAfterRestart(at, lastingProgram(spec))).toBe(6);
    expect(await leftAfterRestart(new Restartable(), programOf(spec))).toBe(10);
  });

  it.each(RATES)(
    'a $kind that is not durable begins anew, also where its record was written for another limit',
    async (spec) => {
      for (const maxInMemory of [1, 1000]) {
        const at = new Restartable({ maxInMemory });
        const program = programOf(spec, { ...quotaOf(at.clock, 10), limitId: 2 });
        await at.asker.decide(program, { cost: 4 });
        // Pushed out, with all that it counts, where one has room.
        await at.asker.decide(program, { key: 'another' });
        expect((await at.asker.peek(program)).figures[0]).toBe(6);
        await at.restart();
        expect((await at.asker.peek(program)).figures.filter((_, i) => i % 2 === 0)).toEqual([10, 6]);
      }
    },
  );

  it.each([1, 1000])(
    'permits whose holders went with their process are back, and what else the same decision holds is held still, with room for %i in memory',
    async (maxInMemory) => {
      const at = new Restartable({ maxInMemory });
      const program = passingProgram(
        { kind: 'concurrency', amount: 3, holdMs: HOUR_MS },
        { kind: 'level', amount: 10, holdMs: HOUR_MS, limitId: 2 },
        { kind: 'concurrency', amount: 3, holdMs: 2 * HOUR_MS, limitId: 3 },
      );
      const left = async (): Promise<unknown> =>
        (await at.asker.peek(program, { cost: 0 })).figures.filter((_, i) => i % 2 === 0);
      await at.asker.decide(program, { costs: [1, 4, 1], reservationId: 'a' });
      await at.asker.decide(program, { costs: [2, 0, 1], reservationId: 'b' });
      await at.asker.decide(program, { key: 'another', reservationId: 'c' });
      expect(await left()).toEqual([0, 6, 1]);
      await at.restart();
      expect(await left()).toEqual([3, 6, 3]);
      await at.asker.decide(program, { costs: [2, 0, 0], reservationId: 'd' });
      await at.asker.decide(program, { key: 'another', reservationId: 'e' });
      expect(await left()).toEqual([1, 6, 3]);
      expect((await at.asker.ask('cancel', program, { reservationId: 'b' })).status).toBe('unknown');
      expect((await at.asker.ask('cancel', program, { reservationId: 'a' })).returns).toEqual([0, 4, 0]);
      await at.asker.decide(program, { key: 'another', reservationId: 'f' });
      // What ended with the process does not end again with its lease.
      at.clock.advance(HOUR_MS - 1);
      expect(await left()).toEqual([1, 10, 3]);
      await at.restart();
      expect(await left()).toEqual([3, 10, 3]);
    },
  );

  it('a reservation of which a part was settled holds the rest', async () => {
    const at = new Restartable();
    const program = programOf(
      { kind: 'level', amount: 10, holdMs: HOUR_MS },
      { kind: 'concurrency', amount: 3, holdMs: HOUR_MS, limitId: 2 },
    );
    await at.asker.decide(program, { costs: [6, 1], reservationId: 'a' });
    await at.restart();
    const settle = { op: 'settle', program, keys: ['k'], costs: [2, 0], reservationId: 'a' } as const;
    expect((await at.store.apply({ ...settle, resolves: [true, false] }, 0)).returned).toBe(4);
    await at.restart();
    expect((await at.store.apply(settle, 0)).returns).toEqual([0, 1]);
    await at.restart();
    expect((await at.asker.peek(program, { cost: 0 })).figures.filter((_, i) => i % 2 === 0)).toEqual([8, 3]);
  });

  it('a reset is remembered, with the permits that it kept, and what a request charged before is not given back', async () => {
    const at = new Restartable();
    const program = programOf(quotaOf(at.clock, 10), { kind: 'concurrency', amount: 3, holdMs: HOUR_MS, limitId: 2 });
    await at.asker.decide(program, { costs: [4, 1], requestId: 'r', reservationId: 'a' });
    await at.restart();
    await at.asker.ask('reset', program);
    await at.restart();
    expect((await at.asker.ask('refund', program, { requestId: 'r' })).figures.filter((_, i) => i % 2 === 0)).toEqual([
      10, 2,
    ]);
    expect((await at.asker.ask('cancel', program, { reservationId: 'a' })).status).toBe('ok');
  });

  it('a reset is remembered with what it left of a reservation: nothing of the rest comes back', async () => {
    const at = new Restartable();
    const rate: LimitSpec = { kind: 'sliding', amount: 10, windowMs: HOUR_MS, slices: 2, limitId: 2 };
    const held = lastingProgram({ ...quotaOf(at.clock, 10), holdMs: 1000 }, { ...rate, holdMs: 1000, lost: 'return' });
    await at.asker.decide(held, { cost: 4, reservationId: 'a' });
    await at.asker.ask('reset', held);
    await at.asker.decide(lastingProgram(rate), { cost: 4 });
    await at.restart();
    at.clock.advance(1000);
    expect((await at.asker.peek(held)).figures.filter((_, i) => i % 2 === 0)).toEqual([6, 6]);
  });

  it('a request id is known, and its charge is given back once', async () => {
    const at = new Restartable();
    const program = programOf(quotaOf(at.clock, 10));
    await at.asker.decide(program, { cost: 4, requestId: 'r' });
    await at.restart();
    expect((await at.asker.decide(program, { cost: 4, requestId: 'r' })).replayed).toBe(true);
    expect((await at.asker.ask('refund', program, { requestId: 'r' })).returned).toBe(4);
    await at.restart();
    expect((await at.asker.ask('refund', program, { requestId: 'r' })).status).toBe('unknown');
    expect(await at.asker.left(program)).toBe(10);
  });

  it('a block goes on, and escalates', async () => {
    const at = new Restartable();
    const program = programOf(
      { kind: 'fixed', amount: 1, windowMs: 10 },
      { kind: 'block', amount: 1, blockMs: [HOUR_MS, 2 * HOUR_MS], trigger: 0, forgetMs: HOUR_MS },
    );
    await at.asker.admitted(program, 2);
    await at.restart();
    expect((await at.asker.decide(program)).retryAfterMs).toBe(HOUR_MS);
    at.clock.advance(HOUR_MS);
    await at.asker.admitted(program, 2);
    await at.restart();
    expect((await at.asker.decide(program)).retryAfterMs).toBe(2 * HOUR_MS);
  });

  it('a lifetime that ended meanwhile is over, and what it held is back', async () => {
    const at = new Restartable();
    const program = programOf({ kind: 'level', amount: 10, holdMs: 1000, lost: 'return' });
    await at.asker.decide(program, { cost: 4, reservationId: 'a' });
    await at.store.close();
    at.clock.advance(1000);
    await at.restart();
    expect(await at.asker.left(program, { reservationId: 'x' })).toBe(10);
  });

  it('a clock that is an hour behind keeps nobody waiting longer than a lifetime', async () => {
    const at = new Restartable();
    const program = programOf({ kind: 'concurrency', amount: 1, holdMs: 1000 });
    await at.asker.decide(program, { reservationId: 'a', requestId: 'r' });
    await at.store.close();
    at.clock.jumpBoth(-HOUR_MS);
    await at.restart();
    expect((await at.asker.decide(program, { reservationId: 'b' })).retryAfterMs).toBe(1000);
    at.clock.advance(1000);
    expect((await at.asker.decide(program, { reservationId: 'b' })).allowed).toBe(true);
    at.clock.advance(59_000);
    expect((await at.asker.peek(program, { requestId: 'r' })).replayed).toBe(false);
  });

  it('what another policy counted is kept, through a process that knew nothing of it', async () => {
    const at = new Restartable();
    const whole = programOf({ kind: 'level', amount: 10, limitId: 1 }, { kind: 'level', amount: 10, limitId: 2 });
    await at.asker.decide(whole, { cost: 4 });
    await at.restart();
    await at.asker.decide(programOf({ kind: 'level', amount: 10, limitId: 1 }), { cost: 3 });
    await at.restart();
    expect((await at.asker.peek(whole)).figures.filter((_, i) => i % 2 === 0)).toEqual([3, 6]);
  });
});
