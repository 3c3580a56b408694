import type { Outcome, Step } from '../../src/core/index.ts';
import type { Random } from '../../src/testing/index.ts';
import { isStoreFault } from './answers.ts';
import type { Answer } from './entry.ts';
import type { Events } from './events.ts';
import type { History } from './linear/history.ts';
import type { Network } from './network.ts';
import type { Server } from './server.ts';

/** What nodes ask for, and what they make of the answers. */
export interface Workload {
  next(): Step;
  heard(step: Step, outcome: Outcome): void;
}

/** How long a node waits for an answer, how often it asks, and how it passes the time until it asks for something else. */
const PATIENCE_MS = 60;
const ATTEMPTS = 3;

interface World {
  readonly events: Events;
  readonly random: Random;
  readonly network: Network;
  readonly server: Server;
  readonly history: History;
  readonly next: () => Workload;
  /** Whether there is anything left to ask. */
  readonly goesOn: () => boolean;
}

/** One of many that ask one store: it asks, waits, asks again, and comes back when it was told to. */
export class Node {
  /** Since it is calm: what it asked, and what of it was answered, and not with a fault of the store. */
  asked = 0;
  answered = 0;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.#comeBack(0);
  }

  /** Goes on where nothing goes wrong. */
  calm(): void {
    this.asked = this.answered = 0;
    this.#comeBack(0);
  }

  #comeBack(afterMs: number): void {
    this.#world.events.in(afterMs, () => {
      if (this.#world.goesOn()) this.#ask(this.#world.next(), ATTEMPTS);
    });
  }

  /** The same again when no answer comes: whether the first was carried out, nobody knows. */
  #ask(workload: Workload, attempts: number, step: Step = workload.next()): void {
    const { network, server, events, history } = this.#world;
    let isOver = false;
    this.asked++;
    const comes = history.sent(step);
    network.request(() => {
      // What comes to nobody is not carried out.
      const heard = server.isUp ? comes(step) : () => undefined;
      const told = (answer: Answer): void => {
        if (isOver) return;
        isOver = true;
        if (!isStoreFault(answer)) this.answered++;
        heard(answer);
        this.#heard(workload, step, answer);
      };
      server.receive(step, (answer) => network.answer(() => told(answer)));
    });
    events.in(PATIENCE_MS, () => {
      if (isOver) return;
      isOver = true;
      if (attempts > 1 && this.#world.goesOn()) this.#ask(workload, attempts - 1, step);
      else this.#comeBack(0);
    });
  }

  #heard(workload: Workload, step: Step, answer: Answer): void {
    if ('fault' in answer) return this.#comeBack(0);
    workload.heard(step, answer);
    this.#comeBack(this.#pauseAfter(answer));
  }

  /** Not at all, a little, long; or until just before, or exactly when, it was told to return. */
  #pauseAfter({ retryAfterMs: told }: Outcome): number {
    const { random } = this.#world;
    if (told > 0 && told < 1e6 && random.chance(0.4)) return random.pick([told, told - 1, told]);
    if (random.chance(0.5)) return 0;
    return random.chance(0.7) ? random.int(0, 15) : random.int(0, random.chance(0.9) ? 300 : 6000);
  }
}
