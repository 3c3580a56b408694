import type { Room } from '../port/sender.ts';
import type { Ask } from '../rounds/ask.ts';
import { Batch } from './batch.ts';
import type { FastProgram } from './program.ts';

/** Decisions that one call carries. More at once save little, and hold up everybody else on that Redis. */
const MAX_DECISIONS = 64;

interface Bounds {
  readonly isCluster: boolean;
  readonly room: Room;
  /** How many decisions may go out. */
  readonly share: number;
}

/** Puts the decisions that go out in one turn of the loop into calls: of one script, and in a cluster of one home. */
export class Loading {
  readonly #isCluster: boolean;
  readonly #send: (batch: Batch) => void;
  readonly #open: Map<string, Batch> = new Map();
  readonly #room: Room;
  /** How many more decisions may go out. */
  share: number;

  constructor({ isCluster, room, share }: Bounds, send: (batch: Batch) => void) {
    this.#isCluster = isCluster;
    this.#send = send;
    this.#room = room;
    this.share = share;
  }

  /** Whether there is a call for it to go with. What is full goes out at once: Redis need not wait for the others. */
  take(ask: Ask, fast: FastProgram): boolean {
    const { sha } = fast.script;
    const { home } = ask.places[0]!; // A decision of a script has a record.
    const name = this.#isCluster ? `${sha} ${home}` : sha;
    const batch = this.#open.get(name) ?? this.#begin(name, home);
    if (batch === undefined) return false;
    batch.add(ask, fast);
    this.share--;
    if (batch.decisions.length < MAX_DECISIONS) return true;
    this.#open.delete(name);
    this.#send(batch);
    return true;
  }

  #begin(name: string, home: string): Batch | undefined {
    if (!this.#room.take(home)) return undefined;
    const batch = new Batch();
    this.#open.set(name, batch);
    return batch;
  }

  end(): void {
    for (const batch of this.#open.values()) this.#send(batch);
  }
}
