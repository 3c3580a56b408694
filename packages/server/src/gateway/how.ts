/**
 * How an admitted request ended.
 * - `whole`: the API's answer came to its end, or both sides of a web socket parted
 * - `torn`: the API broke its answer off, or fell silent in the middle of it
 * - `failed`: the API could not be reached, or hung up before its answer
 * - `timed-out`: the API did not begin its answer in time, or both together took too long
 * - `oversized`: its body was more than its limits allow, or could not be measured, and the gateway cut it off
 * - `left`: the caller went away first
 * - `cut`: the gateway stopped first
 */
export type How = 'whole' | 'torn' | 'failed' | 'timed-out' | 'oversized' | 'left' | 'cut';
