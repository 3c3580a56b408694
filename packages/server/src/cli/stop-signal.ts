/** One Ctrl-C may come several times: from the terminal, from npm, from the older Node that runs us. Within this it is one wish. */
const SAME_WISH_MS = 1000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Resolves when the process is told to stop. Told again, later, it ends at once, as any other would. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      resolve();
      setTimeout(() => {
        for (const signal of SIGNALS) process.off(signal, stop);
      }, SAME_WISH_MS).unref();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
  });
}
