import { ALGORITHMS, claim, COUNTED, HELD, RATES, SIZE, type Claim } from './claims.ts';

/*
 * What every store promises alike, since the engine keeps it: the contract is passed by all of them.
 */

export const NOTHING_FAILS: readonly Claim[] = [
  claim(
    ['fixed'],
    'N a window; 2N across a boundary',
    'admits at most N from its first charge to its end, and at most 2N in any window',
  ),
  claim(['sliding'], 'N in any window', 'never admits more than N in any half-open window, whatever comes'),
  claim(['bucket'], 'the burst, and N a window', 'bucket: fills at its rate to its burst, exactly'),
  claim(
    ['gap'],
    'N until so long after the last',
    'gap: ends so long after the last charge, and a denial does not push it on',
  ),
  claim(['quota'], 'N a period', 'quota: admits N a period, and begins anew at the first instant of the next'),
  claim(
    ['concurrency'],
    'N live at any instant',
    'concurrency: at most its limit lives, a refusal waits to be freed, and the hint is when the first lifetime ends',
  ),
  claim(
    ['level'],
    'granted = settled + released + pending ≤ N',
    'level: granted is settled, released and pending, at every step',
  ),
  claim(
    ['block'],
    'nobody, while it lasts',
    'a block begins at the denial, is not lengthened by trying, escalates, and is forgotten',
  ),
  SIZE,
];

export const CROWD: readonly Claim[] = [
  claim(
    ALGORITHMS,
    'as one after another',
    'asked all at once, exactly as many are let in as there is room for, and every limit was charged for those alone',
  ),
];

export const AGAIN: readonly Claim[] = [
  claim(
    COUNTED,
    'with a request id charged once, for a minute',
    'a request id is charged once, and told again with its reservation for a minute',
  ),
  SIZE,
];

export const HOLDER: readonly Claim[] = [
  claim(
    ['concurrency'],
    'back when its lifetime ends',
    'concurrency: a permit comes back once, however often it is released, and by itself when its holder died',
  ),
  claim(
    [...RATES, 'quota', 'level', 'block'],
    'what was reserved counts, or comes back, as its limit says',
    'a reservation that nobody settles keeps what it reserved, gives it back, or loses what it said',
  ),
  SIZE,
];

export const WALL: readonly Claim[] = [
  claim(
    RATES,
    'none more: it runs on another clock',
    'a rate does not see wall time: set forward or back, it opens nothing and delays nobody',
  ),
  claim(HELD, 'none more: it runs on another clock', 'what is promised holds at every step, in'),
  claim(
    ['quota'],
    'back: none more; forward: the period that it says',
    'opens no quota beyond its amount a day, and keeps nobody out longer than a day',
  ),
  claim(['block'], 'its length at most', 'a block does not outlive its length when the clock goes back'),
  SIZE,
];
