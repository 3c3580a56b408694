/** What a request adds to the budget of repeats: together with the first one below a tenth more load, in the long run. */
const SHARE = 0.09;
/** Saved up at most, so that a good hour does not pay for a storm. */
const MOST = 10;

/**
 * Repeats after faults are paid for by requests: whatever breaks, the load is below 1.1 times what it was, and one more. (A
 * bound on each request's repeats alone would multiply the load of an outage by it.)
 */
export class RetryBudget {
  #saved = 1;

  earn(): void {
    this.#saved = Math.min(MOST, this.#saved + SHARE);
  }

  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }
}
