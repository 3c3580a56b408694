/** Names of limits that are told apart; the rest, after many reloads, are one. */
const MAX_NAMES = 1000;
const OTHERS = 'others';

/** What the gateway counts of its work: plain numbers, so that counting costs nothing when nobody looks. */
export class Meters {
  /** Answers, by the first digit of their status; 0: the caller went away before one. */
  readonly answers: number[] = [0, 0, 0, 0, 0, 0];
  /** Requests answered here, by the limit or the rule that is reported. */
  readonly denials: Map<string, number> = new Map();
  /** Requests that nobody could judge (500), or that the API did not answer (502, 504). */
  readonly failures: Map<string, number> = new Map();
  /** Admitted requests that did not end with a whole answer of the API's, by how they ended. */
  readonly unfinished: Map<string, number> = new Map();
  /** What the API said of what it was handed, as `settle 200`. */
  readonly settlements: Map<string, number> = new Map();
  /** What an operator should know about what is held, by what it is. */
  readonly reports: Map<string, number> = new Map();
  /** Fills that a policy wanted told, by limit. */
  readonly notices: Map<string, number> = new Map();
  /** Units that were billed, by what the policy calls them. */
  readonly bills: Map<string, number> = new Map();
  /** And what of these was given back. */
  readonly credits: Map<string, number> = new Map();
  /** Connections ended as attacks, by what they flooded us with. */
  readonly floods: Map<string, number> = new Map();
  /** Connections beyond what an address may have. */
  turnedAway = 0;
  /** Told how long each request took, in ms. */
  onTook: ((ms: number) => void) | undefined;

  ended(status: number, tookMs: number): void {
    const kind = Math.floor(status / 100);
    this.answers[kind] = (this.answers[kind] ?? 0) + 1;
    this.onTook?.(tookMs);
  }

  denied(limit: string): void {
    count(this.denials, limit);
  }

  failed(status: number): void {
    count(this.failures, String(status));
  }

  settled(verb: string, status: number): void {
    count(this.settlements, `${verb} ${status}`);
  }

  noticed(limit: string): void {
    count(this.notices, limit);
  }

  /** Below 0 where what was billed was given back. */
  billed(name: string, units: number): void {
    if (units > 0) count(this.bills, name, units);
    else count(this.credits, name, -units);
  }

  reported(is: string): void {
    count(this.reports, is);
  }

  endedBy(how: string): void {
    count(this.unfinished, how);
  }

  flooded(of: string): void {
    count(this.floods, of);
  }
}

function count(counts: Map<string, number>, name: string, by = 1): void {
  const kept = counts.has(name) || counts.size < MAX_NAMES ? name : OTHERS;
  counts.set(kept, (counts.get(kept) ?? 0) + by);
}
