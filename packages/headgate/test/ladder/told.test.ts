import { describe, expect, it } from 'vitest';
import type { Notice, Overage } from '../../src/http/index.ts';
import { forwarded, gateOf, KEY, type Asked, type Spec } from '../gate-of.ts';
import { said } from '../held/ended.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;

function telling(limit: string): Asked & { readonly told: () => string[] } {
  const notices: Notice[] = [];
  const at = gateOf(`${KEY}limits: { a: { ${limit}, per: key } }\nnotify: { o: { log: info } }`, {
    onNotice: (notice) => notices.push(notice),
  });
  return { ...at, told: () => notices.splice(0).map(({ percent, used }) => `${percent}% ${used}`) };
}

const PAST = 'past: [{ at: 50%, notify: o }, { at: 100%, notify: o }, { deny: exceeded }]';

describe('a channel', () => {
  it('is told of each fill of a fixed window once, and again in the next', () => {
    const at = telling(`rate: 4/m, algorithm: fixed, ${PAST}`);
    for (let i = 0; i < 9; i++) at.ask();
    expect(at.told()).toEqual(['50% 2', '100% 4']);
    at.clock.nowMs += MINUTE;
    for (let i = 0; i < 9; i++) at.ask();
    expect(at.told()).toEqual(['50% 2', '100% 4']);
  });

  it.each(['sliding', 'bucket'])('is told of each fill of a %s rate once in its window', (algorithm) => {
    const at = telling(`rate: 4/m, algorithm: ${algorithm}, ${PAST}`);
    for (let i = 0; i < 9; i++) at.ask();
    expect(at.told()).toEqual(['50% 2', '100% 4']);
    at.clock.nowMs += MINUTE - 1;
    at.ask();
    expect(at.told()).toEqual([]);
    at.clock.nowMs += 10 * MINUTE;
    for (let i = 0; i < 9; i++) at.ask();
    expect(at.told()).toEqual(['50% 2', '100% 4']);
  });

  it('is told of what has no window once an hour', () => {
    const at = telling(`concurrency: 2, ${PAST}`);
    const run = (): void => forwarded(at.ask()).end(said({}));
    run();
    run();
    expect(at.told()).toEqual(['50% 1']);
    at.clock.nowMs += HOUR;
    run();
    expect(at.told()).toEqual(['50% 1']);
  });

  it('is told of a soft limit also beyond its amount', () => {
    const at = telling('rate: 2/m, algorithm: fixed, past: [{ at: 150%, notify: o }, { at: 300%, notify: o }]');
    for (let i = 0; i < 9; i++) expect(at.ask().kind).toBe('forward');
    expect(at.told()).toEqual(['150% 3', '300% 6']);
  });
});

describe('a bill', () => {
  function billing(limit: string): Asked & { readonly billed: () => number[] } {
    const overages: Overage[] = [];
    const at = gateOf(`${KEY}limits: { a: { ${limit}, per: key } }`, {
      onOverage: (overage) => overages.push(overage),
      randomId: ids(),
    });
    return { ...at, billed: () => overages.splice(0).map(({ units }) => units) };
  }

  const ids = () => {
    let id = 0;
    return (): string => `r${id++}`;
  };
  const of = (bytes: number): Spec => ({
    fields: [
      ['X-API-Key', 'k'],
      ['Content-Length', String(bytes)],
    ],
  });

  it('is for the units above its fill, also of a request that only passes it, and of no refusal', () => {
    const at = billing(
      'rate: 10/m, algorithm: fixed, cost: request.bytes, past: [{ bill: calls }, { at: 200%, deny: exceeded }]',
    );
    for (const bytes of [8, 5, 7, 1]) at.ask(of(bytes));
    expect(at.billed()).toEqual([3, 7]);
  });

  it('begins anew in each window, and adds up to what was used above the amount', () => {
    const at = billing('quota: 10/day, past: { bill: calls }');
    for (let i = 0; i < 14; i++) at.ask();
    expect(at.billed()).toEqual([1, 1, 1, 1]);
    at.clock.nowMs += 24 * HOUR;
    for (let i = 0; i < 11; i++) at.ask();
    expect(at.billed()).toEqual([1]);
  });

  it('follows what is settled and what is given back', () => {
    const at = billing('quota: 10/day, cost: { reserve: 8, actual: response.body.n }, past: { bill: tokens }');
    const send = (n: number): void => forwarded(at.ask()).end(said({ n }));
    send(8);
    expect(at.billed()).toEqual([]);
    send(4);
    // Reserved 6 above, of which 4 came back.
    expect(at.billed()).toEqual([6, -4]);
    send(20);
    expect(at.billed()).toEqual([8, 12]);
    const plain = billing('quota: 2/day, past: { bill: calls }');
    for (let i = 0; i < 3; i++) plain.ask();
    const { judged } = forwarded(plain.ask());
    expect(plain.billed()).toEqual([1, 1]);
    void judged?.giveBack(judged.charged);
    expect(plain.billed()).toEqual([-1]);
  });

  it('adds up to what is above the fill, whatever came and went', () => {
    const at = billing('quota: 50/day, cost: { reserve: 9, actual: response.body.n }, past: { bill: tokens }');
    let used = 0;
    for (let i = 0; i < 40; i++) {
      const n = (i * 7) % 17;
      forwarded(at.ask()).end(said({ n }));
      used += n;
    }
    expect(at.billed().reduce((sum, units) => sum + units, 0)).toBe(used - 50);
  });
});
