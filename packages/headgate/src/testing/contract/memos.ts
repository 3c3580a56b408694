import { programOf, same, truth, type Asker } from './ask.ts';
import type { Claim } from './claim.ts';

/** Of which any two might meet in a store that writes them otherwise than they are. */
const HOSTILE = [
  '__proto__',
  '',
  'a',
  'a ',
  '}a',
  '{a}',
  'a\0',
  'a\0b',
  '\ud800',
  '\udfff',
  '\ufffd',
  'é',
  'e\u0301',
  '%',
  '*',
];
const HUGE = 'x'.repeat(64 * 1024);

/** By the clock of the store. */
async function timeOf(a: Asker): Promise<number> {
  return (await a.peek(programOf({ kind: 'level', amount: 9 }))).nowMs;
}

function momentOf(mark: string | undefined): number {
  truth(/^@\d{1,16}$/.test(mark ?? ''), `expected a mark, got ${mark}`);
  return Number(mark?.slice(1));
}

/** What holds of stores that keep texts by name; of others there is nothing to claim. */
export const memos: readonly Claim[] = [
  {
    name: 'memos: what was put is read until it is taken, once, and putting says what stood there',
    run: async ({ memos: kept }) => {
      if (kept === undefined) return;
      same(await kept.read('n'), undefined, 'before');
      same(await kept.put('n', 'one'), undefined, 'put first');
      same(
        [await kept.put('n', 'two'), await kept.read('n'), await kept.read('n')],
        ['one', 'two', 'two'],
        'put again',
      );
      same([await kept.take('n'), await kept.take('n'), await kept.read('n')], ['two', undefined, undefined], 'taken');
      same([await kept.put('n', 'three'), await kept.take('n')], [undefined, 'three'], 'put after that');
    },
  },
  {
    name: 'memos: of many who take one at once, one has it, in the order of what was asked',
    run: async (a) => {
      const kept = a.memos;
      if (kept === undefined) return;
      const put = kept.put('n', 'text');
      const taken = await a.atOnce(50, () => kept.take('n'));
      const again = await Promise.all([kept.put('n', 'a'), kept.put('n', 'b'), kept.read('n'), kept.take('n')]);
      same(await put, undefined, 'put');
      same([taken[0], taken.slice(1).every((one) => one === undefined)], ['text', true], 'taken');
      same(again, [undefined, 'a', 'b', 'b'], 'in order');
    },
  },
  {
    name: 'memos: names are any text, and no two are one; texts come back to the letter',
    run: async (a) => {
      const kept = a.memos;
      if (kept === undefined) return;
      const names = [...HOSTILE, HUGE, `${HUGE}y`];
      await a.atOnce(names.length, (i) => kept.put(names[i]!, `text ${i}`));
      same(
        await a.atOnce(names.length, (i) => kept.read(names[i]!)),
        names.map((_, i) => `text ${i}`),
        'read',
      );
      const text = `${HUGE} "é" \0 \n 😀`;
      same([await kept.put('n', text), await kept.take('n')], [undefined, text], 'a long text');
    },
  },
  {
    name: 'memos: each is over at the end of its lifetime, which begins anew when it is put again',
    run: async ({ memos: kept, clock }) => {
      if (kept?.endsByClock !== true) return;
      await kept.put('short', 'a', 1000);
      await kept.put('again', 'a', 1000);
      await kept.put('always', 'a', Infinity);
      clock.advance(999);
      await kept.put('again', 'b', 1000);
      same(await kept.read('short'), 'a', '1 ms before');
      clock.advance(1);
      same([await kept.read('short'), await kept.take('short')], [undefined, undefined], 'over');
      same(await kept.put('short', 'b', 1000), undefined, 'nothing stood there');
      clock.advance(998);
      same(await kept.read('again'), 'b', 'put again, 1 ms before');
      clock.advance(1e12);
      same([await kept.read('again'), await kept.read('always')], [undefined, 'a'], 'much later');
    },
  },
  {
    name: 'memos: who takes what is not there may leave a mark of when that was, for those who come with it later',
    run: async (a) => {
      const { memos: kept } = a;
      if (kept?.mark === undefined) return;
      const before = await timeOf(a);
      same([await kept.mark('n', 60_000), await kept.read('m')], [undefined, undefined], 'nothing stood there');
      const first = momentOf(await kept.mark('n', 60_000));
      const last = momentOf(await kept.put('n', 'text'));
      same([before <= first, first <= last], [true, true], 'marks');
      same([await kept.mark('n', 60_000), await kept.read('n')], ['text', undefined], 'what stands there is taken');
    },
  },
  {
    name: 'memos: they are no records: what is counted under the same key is another matter',
    run: async (a) => {
      const kept = a.memos;
      if (kept === undefined) return;
      const program = programOf({ kind: 'level', amount: 9 });
      await kept.put('k', 'text');
      same(await a.left(program), 9, 'left');
      await a.decide(program);
      same([await kept.take('k'), await a.left(program)], ['text', 8], 'taken');
    },
  },
];
