/** Time that passes: given in, so that no test has to wait. */
export interface Timers {
  /** Calls once, after so many ms. Gives what takes that back. */
  after(ms: number, call: () => void): () => void;
}

/** A longer time is cut to this by most platforms; nobody waits so long. */
const MAX_MS = 2 ** 31 - 1;

export const PLATFORM_TIMERS: Timers = {
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, MAX_MS));
    return () => clearTimeout(timer);
  },
};
