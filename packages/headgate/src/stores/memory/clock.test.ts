import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';

/** Works until the wall clock shows another millisecond. */
function untilLater(thanMs: number): void {
  while (Date.now() <= thanMs);
}

it('wall time is read once a millisecond of monotonic time, and anew for whoever does not say which', () => {
  const clock = systemClock();
  const read = clock.wallMs(1000);
  untilLater(read);
  expect(clock.wallMs(1000)).toBe(read);
  expect(clock.wallMs(1001)).toBeGreaterThan(read);
  const asked = clock.wallMs();
  untilLater(asked);
  expect(clock.wallMs()).toBeGreaterThan(asked);
});

it('monotonic time is whole milliseconds, and begins at wall time', () => {
  const clock = systemClock();
  const [monotonic, wall] = [clock.monotonicMs(), clock.wallMs()];
  expect([Number.isSafeInteger(monotonic), Math.abs(monotonic - wall) < 1000]).toEqual([true, true]);
});
