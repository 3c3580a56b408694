// Peers read the platform's clock and timers: in the simulation those are the world's. Loaded before any of them.
import { World } from '../../packages/headgate/test/client/sim/world.ts';

export const START = Date.UTC(2026, 3, 11, 13);
let world = new World(START);
const real = {
  date: Date.now,
  now: performance.now.bind(performance),
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
};
const cancels = new Map();
let id = 0;

/** A timer as Node gives it, as far as peers use it. */
function after(ms, call, args, again) {
  const own = ++id;
  const timer = {
    ref: () => timer,
    unref: () => timer,
    hasRef: () => true,
    refresh: () => timer,
    close: () => cancels.get(own)?.(),
    [Symbol.toPrimitive]: () => own,
  };
  const set = () =>
    cancels.set(
      own,
      world.after(ms > 0 ? ms : 1, () => {
        cancels.delete(own);
        if (again) set();
        call(...args);
      }),
    );
  set();
  return timer;
}

function cancel(timer) {
  const own = Number(timer);
  cancels.get(own)?.();
  cancels.delete(own);
}

/** Makes the platform's time that of a new world, until `restore`. */
export function enter(phaseMs) {
  world = new World(START + phaseMs);
  cancels.clear();
  Date.now = () => Math.floor(world.nowMs);
  performance.now = () => world.nowMs - START;
  globalThis.setTimeout = (call, ms = 0, ...args) => after(ms, call, args, false);
  globalThis.setInterval = (call, ms = 0, ...args) => after(ms, call, args, true);
  globalThis.clearTimeout = globalThis.clearInterval = cancel;
  return world;
}

export function restore() {
  Date.now = real.date;
  performance.now = real.now;
  Object.assign(globalThis, {
    setTimeout: real.setTimeout,
    clearTimeout: real.clearTimeout,
    setInterval: real.setInterval,
    clearInterval: real.clearInterval,
  });
}
