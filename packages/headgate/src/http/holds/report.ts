/** Something that an operator should know about what is held. No key, no address and no reservation's id is in it. */
export interface Report {
  /**
   * `lapsed`: nobody said what became of it within its lease. `late`: somebody said so after that, or once more. `cost`: a response told a
   * cost that is none, and what was reserved was charged. `unnamed`: a response did not tell the id of what it began, so that only
   * the lease ends it. `forgotten`: more is held than can be kept track of. `store`: the store failed when something was to be ended.
   * `webhook`: a receiver does not take messages, or some are lost.
   */
  readonly is: 'lapsed' | 'late' | 'cost' | 'unnamed' | 'forgotten' | 'store' | 'webhook';
  /** The limit it is about; empty when it is about all that a request holds. */
  readonly limit: string;
  readonly operation: string;
  /** Salted hash of the subject. */
  readonly subject: string;
  readonly detail: string;
}

export type OnReport = (report: Report) => void;
