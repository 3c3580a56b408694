import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/core/index.ts';
import { manualClock, oracle, programOf } from '../../../src/testing/index.ts';
import type { Answer } from '../entry.ts';
import { History } from './history.ts';
import { Order } from './order.ts';

const LEVEL = programOf({ kind: 'level', amount: 10 });
const TAKES: Step = { op: 'decide', program: LEVEL, keys: ['k'], costs: [1] };
const LOOKS: Step = { op: 'peek', program: LEVEL, keys: ['k'], costs: [1] };

/** What somebody says who does one thing after another. */
function told(...steps: readonly Step[]): Answer[] {
  const model = oracle({ clock: manualClock() });
  return steps.map((step) => model.apply(step));
}

function hasOrder(tell: (history: History) => void): boolean {
  const history = new History([LEVEL]);
  tell(history);
  return history.parts().every((ops) => new Order(ops).exists());
}

const [one, two, seesTwo] = told(TAKES, TAKES, LOOKS);
const [seesNone] = told(LOOKS);

describe('an order of what was heard', () => {
  it.each([
    [
      'one thing after another',
      [
        [TAKES, one],
        [TAKES, two],
        [LOOKS, seesTwo],
      ],
      true,
    ],
    [
      'two who are told the same',
      [
        [TAKES, one],
        [TAKES, one],
      ],
      false,
    ],
    [
      'a look that sees what was before',
      [
        [TAKES, one],
        [TAKES, two],
        [LOOKS, seesNone],
      ],
      false,
    ],
  ] as const)('of %s', (_, said, exists) => {
    const tell = (history: History): void => said.forEach(([step, answer]) => history.sent(step)(step)(answer!));
    expect(hasOrder(tell)).toBe(exists);
  });

  it('of two at the same time is any of the two', () => {
    expect(
      hasOrder((history) => {
        const comes = [history.sent(TAKES), history.sent(TAKES)];
        const hears = comes.map((come) => come(TAKES));
        hears[1]!(one!);
        hears[0]!(two!);
      }),
    ).toBe(true);
  });

  it.each([
    ['may have come to pass', told(TAKES, LOOKS)[1], true],
    ['may never have', told(LOOKS)[0], true],
    ['was once, and not twice', seesTwo, false],
  ])('of what nobody heard of %s', (_, seen, exists) => {
    expect(
      hasOrder((history) => {
        history.sent(TAKES)(TAKES);
        history.sent(LOOKS)(LOOKS)(seen!);
      }),
    ).toBe(exists);
  });

  it('of what was sent twice has room for both', () => {
    expect(
      hasOrder((history) => {
        const comes = history.sent(TAKES);
        comes(TAKES)(one!);
        comes(TAKES);
        history.sent(LOOKS)(LOOKS)(seesTwo!);
      }),
    ).toBe(true);
  });
});
