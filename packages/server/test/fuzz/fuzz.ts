import fc from 'fast-check';

/**
 * How long one claim is tried: 10 s where `CI` is set, which with two claims is 20 s a parser, and 1 s at home. `FUZZ_MS` says
 * otherwise.
 */
const FUZZ_MS = Number(process.env['FUZZ_MS'] ?? (process.env['CI'] === undefined ? 1000 : 10_000));
/** What a failure prints: `FUZZ_SEED=… FUZZ_PATH=… npm test -- packages/server/test/fuzz -t '…'` runs it again. */
const REPLAY = {
  ...(process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) }),
  ...(process.env['FUZZ_PATH'] === undefined ? {} : { path: process.env['FUZZ_PATH'] }),
};
const MIN_RUNS = 100;
/** For a test that fuzzes: the time itself, the least runs before, the run that is under way, and making a counter-example small. */
export const LIMIT_MS: number = FUZZ_MS + 30_000;

/**
 * Feeds a parser with what nobody would send, until the time is up. `corpus`: what once was read wrongly, and what would be
 * by a reader that is a little simpler; it comes first, every time.
 */
export function fuzz<T>(inputs: fc.Arbitrary<T>, corpus: readonly T[], holds: (input: T) => void): void {
  // However slow the machine is, fewer than so many would say little.
  for (const until of [{ numRuns: MIN_RUNS }, { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: FUZZ_MS }]) {
    const result = fc.check(fc.property(inputs, holds), {
      ...REPLAY,
      ...until,
      examples: corpus.map((each): [T] => [each]),
    });
    if (!result.failed) continue;
    const replay = `FUZZ_SEED=${result.seed} FUZZ_PATH=${result.counterexamplePath ?? ''}`;
    throw new Error(`${replay}\n${fc.defaultReportMessage(result) ?? ''}`, { cause: result.errorInstance });
  }
}

/** Texts made of pieces that mean something to the parser at hand, and of anything. */
export function pieces(words: readonly string[], maxLength = 12): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  );
  return fc.array(piece, { maxLength }).map((parts) => parts.join(''));
}
