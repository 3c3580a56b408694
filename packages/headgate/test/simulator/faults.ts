/** Everything that is made to go wrong. */
export const FAULTS = [
  'lost request',
  'lost answer',
  'request twice',
  'late message',
  'failed write',
  'full disk',
  'failed read',
  'failed commit',
  'failed sync',
  'killed',
  'killed in a commit',
  'power cut',
  'torn commit',
  'wall clock set',
  'monotonic clock set',
  'clock broken',
] as const;

/** What goes wrong where gates ask a store, beside what goes wrong in that. */
export const GATE_FAULTS = ['connection broken', 'connection stalled', 'gate killed'] as const;

export type Fault = (typeof FAULTS)[number] | (typeof GATE_FAULTS)[number];

/** How often each thing went wrong. */
export class FaultCounts {
  readonly counts: Map<Fault, number> = new Map();

  count(fault: Fault, times = 1): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + times);
  }

  add({ counts }: FaultCounts): void {
    for (const [fault, times] of counts) this.count(fault, times);
  }

  get total(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }
}
