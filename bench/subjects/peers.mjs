// Peers, each by its own fastest way in: the store below the middleware. All answer with a promise.

/** Their way to say no is to reject; a fault stays a fault. */
async function admitted(consumed) {
  try {
    await consumed;
    return true;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return false;
  }
}

const flexible = (count) => async () => {
  const { RateLimiterMemory, RateLimiterUnion } = await import('rate-limiter-flexible');
  return {
    limits: count,
    async: true,
    open({ amounts, windowsMs }) {
      const limiters = Array.from({ length: count }, (_, i) => {
        return new RateLimiterMemory({ points: amounts[i], duration: windowsMs[i] / 1000, keyPrefix: `l${i}` });
      });
      const limiter = count === 1 ? limiters[0] : new RateLimiterUnion(...limiters);
      return { step: (key) => admitted(limiter.consume(key)) };
    },
  };
};

async function express() {
  const { MemoryStore } = await import('express-rate-limit');
  return {
    limits: 1,
    async: true,
    open({ amounts: [amount], windowsMs: [windowMs] }) {
      const store = new MemoryStore();
      store.init({ windowMs });
      return { step: async (key) => (await store.increment(key)).totalHits <= amount };
    },
  };
}

/** It keeps an entry a hit and filters them at each, so its cost is its limit's: it gets one of 100, and then refuses. */
async function nest() {
  await import('reflect-metadata');
  const { ThrottlerStorageService } = await import('@nestjs/throttler');
  return {
    limits: 1,
    async: true,
    refuses: true,
    open({ amounts: [amount], windowsMs: [windowMs] }) {
      const store = new ThrottlerStorageService();
      const limit = Math.min(amount, 100);
      return { step: async (key) => !(await store.increment(key, windowMs, limit, windowMs, 'default')).isBlocked };
    },
  };
}

export const UNION = 'rate-limiter-flexible: union of 3';

export const peers = {
  'rate-limiter-flexible: one': flexible(1),
  [UNION]: flexible(3),
  'express-rate-limit: MemoryStore': express,
  '@nestjs/throttler: storage, 100': nest,
};
