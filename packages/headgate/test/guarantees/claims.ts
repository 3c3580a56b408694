/** What a limit may be: every one of them has a bound for every failure. */
export const ALGORITHMS = [
  'fixed',
  'sliding',
  'bucket',
  'gap',
  'quota',
  'concurrency',
  'level',
  'block',
  'size',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Whatever may go wrong, in the order of the page. */
export const FAILURES = {
  none: 'nothing fails',
  crowd: 'very many ask at the same time',
  again: 'an answer is lost, and the same is asked again',
  holder: 'whoever holds something never comes back',
  begun: 'who began what is held is gone, or is another process, and its end is told',
  ends: 'the process ends, however (`kill -9`)',
  power: 'the power fails',
  writes: 'a write fails, or the disk is full',
  syncs: 'the disk takes writes and cannot keep them',
  files: 'no more files may be open',
  wall: 'wall time is set while it runs',
  back: 'the clock is set back while nothing runs',
  keys: 'more keys come than there is room for',
  second: 'a second process is started',
  silent: 'the server of a store does not answer',
  server: 'it comes back with nothing',
  replica: 'a replica takes its place, and had not heard all',
  evicts: 'it evicts records',
} as const;
export type Failure = keyof typeof FAILURES;

/** What is promised of some algorithms, and the test that would fail if it were not so. */
export interface Claim {
  readonly of: readonly Algorithm[];
  readonly bound: string;
  /** A test's name, or a claim's of the contract; of one that is made of parts, the longest. */
  readonly test: string;
}

/** One store: a column of the page. */
export interface Store {
  readonly name: string;
  readonly claims: Readonly<Record<Failure, readonly Claim[]>>;
}

export const RATES: readonly Algorithm[] = ['fixed', 'sliding', 'bucket', 'gap'];
export const HELD: readonly Algorithm[] = ['concurrency', 'level'];
/** Whatever keeps state. */
export const COUNTED: readonly Algorithm[] = [...RATES, 'quota', ...HELD, 'block'];

export function claim(of: readonly Algorithm[], bound: string, test: string): Claim {
  return { of, bound, test };
}

/** A size is a bound on one request: there is nothing to be lost. */
export const SIZE: Claim = claim(
  ['size'],
  'each request by itself: no state',
  'never beats freed, and freed beats until',
);

const NO_SERVER: readonly Claim[] = [
  claim(COUNTED, 'none more: it has no server', 'refuse each package that is not listed, and allow each that is'),
  SIZE,
];

/** Where nobody is asked, nobody fails to answer. */
export const SERVERLESS: Pick<Store['claims'], 'silent' | 'server' | 'replica' | 'evicts'> = {
  silent: NO_SERVER,
  server: NO_SERVER,
  replica: NO_SERVER,
  evicts: NO_SERVER,
};
