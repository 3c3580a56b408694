// What the runtime costs: hand-written, no product. They answer yes or no, forget nothing and check nothing.

/** A counter object a key, as most people write it first. */
function counter() {
  return {
    limits: 1,
    open({ amounts: [amount], windowsMs: [windowMs] }) {
      const counters = new Map();
      return {
        step(key) {
          const now = Date.now();
          const found = counters.get(key);
          if (found === undefined) {
            counters.set(key, { used: 1, endsAtMs: now + windowMs });
            return true;
          }
          if (found.endsAtMs <= now) {
            found.used = 0;
            found.endsAtMs = now + windowMs;
          }
          return ++found.used <= amount;
        },
      };
    },
  };
}

/** Three limits of one key, each one instant (GCRA) in one array: one look-up, three checks, then three charges. */
function threeInOneSlot() {
  return {
    limits: 3,
    open({ amounts, windowsMs }) {
      const slots = new Map();
      const room = Float64Array.from(amounts, (amount, i) => amount * windowsMs[i]);
      const unit = Float64Array.from(windowsMs);
      const after = new Float64Array(3);
      let instants = new Float64Array(3 * 1024);
      const slotOf = (key) => {
        const known = slots.get(key);
        if (known !== undefined) return known;
        const slot = slots.size;
        slots.set(key, slot);
        if (slot * 3 < instants.length) return slot;
        const grown = new Float64Array(instants.length * 2);
        grown.set(instants);
        instants = grown;
        return slot;
      };
      return {
        step(key) {
          const now = Date.now();
          const base = slotOf(key) * 3;
          for (let i = 0; i < 3; i++) {
            const instant = instants[base + i];
            const next = (instant > now ? instant : now) + unit[i];
            if (next - now > room[i]) return false;
            after[i] = next;
          }
          for (let i = 0; i < 3; i++) instants[base + i] = after[i];
          return true;
        },
      };
    },
  };
}

/** Nothing at all: what the measurement itself, and the machine, make a request wait. */
function nothing() {
  return {
    limits: 0,
    open() {
      let length = 0;
      return { step: (key) => (length += key.length) > 0, live: () => 0 };
    },
  };
}

export const COUNTER = 'floor: Map and counter';
export const THREE = 'floor: three in one slot';
export const NOTHING = 'floor: nothing';

export const floors = { [COUNTER]: counter, [THREE]: threeInOneSlot, [NOTHING]: nothing };
