import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Step } from '../../../src/core/index.ts';
import type { SqliteStore } from '../../../src/stores/sqlite/index.ts';
import { freshFile, open } from '../files.ts';
import { cuts, imageOf, type Cut, type Image } from './images.ts';
import { ALL, HELD, PLENTY } from './load.ts';

const SOAK = process.env['HEADGATE_SOAK'] === '1';
/** Ticks that are cut everywhere. */
const TICKS = SOAK ? 300 : 10;
/** So many ticks of long keys until the log is brought into the file, at most; their keys fill some 66 pages each. */
const LONG_TICKS = 120;
const LONG = 'k'.repeat(65_536);
/** A checkpoint writes thousands of pages: one in so many is the last. */
const ONE_IN = SOAK ? 7 : 251;

/** Tick `i` reserves under an id of its own, for a caller of its own and in the record of all. */
function step(i: number, op: Step['op'], key: string): Step {
  return {
    op,
    program: HELD,
    keys: [key, ALL],
    costs: op === 'decide' ? [1, 1, 1, 1] : [0, 0, 0, 0],
    reservationId: `r${i}`,
  };
}

/** Carries out ticks from `first` on until `done`; the images before and after each. */
async function record(
  store: SqliteStore,
  file: string,
  first: number,
  keyOf: (i: number) => string,
  done: (i: number, images: Image[]) => boolean,
): Promise<Image[]> {
  const images = [imageOf(file)];
  for (let i = first; !done(i, images); i++) {
    await store.apply(step(i, 'decide', keyOf(i)), 0);
    images.push(imageOf(file));
  }
  return images;
}

/** How many ticks a file of this content holds, once it is proved that it holds them whole and no part of another. */
async function ticksIn({ image, where }: Cut, keyOf: (i: number) => string): Promise<number> {
  const { file, log } = image();
  const path = freshFile();
  writeFileSync(path, file);
  writeFileSync(`${path}-wal`, log);
  const store = open({ file: path });
  const { figures } = await store.apply(step(0, 'peek', 'nobody'), 0);
  const held = PLENTY - figures[4]!;
  expect(PLENTY - figures[6]!, `cut at ${where}`).toBe(held);
  const ask = async (i: number): Promise<string> => (await store.apply(step(i, 'renew', keyOf(i)), 0)).status;
  expect(held === 0 ? 'ok' : await ask(held), `cut at ${where}`).toBe('ok');
  expect(await ask(held + 1), `cut at ${where}`).toBe('unknown');
  const last = await store.apply(step(0, 'peek', keyOf(held + 1)), 0);
  expect([last.figures[0], last.figures[2]], `cut at ${where}`).toEqual([PLENTY, PLENTY]);
  // It goes on from there.
  expect((await store.apply(step(held + 1, 'decide', keyOf(held + 1)), 0)).allowed, `cut at ${where}`).toBe(true);
  await store.close();
  rmSync(path);
  return held;
}

it('a log that ends with any of its writes, or in the middle of one, holds every tick that was answered and no part of another', async () => {
  const keyOf = (i: number): string => `caller ${i % 7}-${i}`;
  const file = freshFile();
  const images = await record(open({ file }), file, 1, keyOf, (i) => i > TICKS);
  let tried = 0;
  for (let i = 1; i < images.length; i++) {
    for (const cut of cuts(images[i - 1]!, images[i]!)) {
      expect(await ticksIn(cut, keyOf), `tick ${i}, ${cut.where}`).toBe(cut.whole ? i : i - 1);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(TICKS * 4);
});

it('a checkpoint that ends with any of its writes, and a log that begins again, lose nothing', async () => {
  const keyOf = (i: number): string => `${i}${LONG}`;
  const file = freshFile();
  const store = open({ file });
  const isMoved = (images: Image[]): boolean => images.length > 1 && !images.at(-1)!.file.equals(images[0]!.file);
  const images = await record(store, file, 1, keyOf, (i, so) => i > LONG_TICKS || isMoved(so));
  const moved = images.length - 1;
  expect(isMoved(images)).toBe(true);
  // The next tick writes over the log from its beginning.
  const short = (i: number): string => (i > moved ? `short ${i}` : keyOf(i));
  const [, restarted] = await record(store, file, moved + 1, short, (i) => i > moved + 1);
  expect(restarted!.log.subarray(0, 32).equals(images.at(-1)!.log.subarray(0, 32))).toBe(false);
  const points = [
    ...[...cuts(images[moved - 1]!, images[moved]!)]
      .filter((_, i) => i % ONE_IN === 0)
      .map((cut) => ({ cut, tick: moved })),
    ...[...cuts(images[moved]!, restarted!)].map((cut) => ({ cut, tick: moved + 1 })),
  ];
  for (const { cut, tick } of points)
    expect(await ticksIn(cut, short), `tick ${tick}, ${cut.where}`).toBe(cut.whole ? tick : tick - 1);
  expect(points.filter(({ cut }) => cut.where.startsWith('file')).length).toBeGreaterThan(20);
});
