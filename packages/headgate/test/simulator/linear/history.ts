import type { Program, Step } from '../../../src/core/index.ts';
import { isStoreFault } from '../answers.ts';
import type { Answer } from '../entry.ts';

/** One message, as the one who sent it knows it. */
export interface Op {
  readonly step: Step;
  /** Numbers of moments: no two are one. */
  readonly sentAt: number;
  /** When it came to the store: in that order it may well have been carried out, and that is tried first. */
  cameAt: number;
  /** Infinity: nobody knows whether, or when, it was carried out. */
  heardAt: number;
  answer: Answer | undefined;
}

/** What nodes sent and heard, by what they spoke of. */
export class History {
  readonly #programs: readonly Program[];
  readonly #ops: Map<string, Op[]> = new Map();
  #moments = 0;

  /** Of these programs, whose last key is all that they share with anybody. */
  constructor(programs: readonly Program[]) {
    this.#programs = programs;
  }

  /** A message is sent; returns what is to be called when, and each time that, it comes to the store. */
  sent({ program, keys }: Step): (step: Step) => (answer: Answer) => void {
    const sentAt = this.#moments++;
    if (!this.#programs.includes(program)) return () => () => undefined;
    return (step) => {
      const op: Op = { step, sentAt, cameAt: this.#moments++, heardAt: Infinity, answer: undefined };
      this.#add(`${program.id} ${keys.at(-1)}`, op);
      return (answer) => {
        // Of a tick that failed it may turn out later that it is there: hardly ever, so it is tried last.
        if (isStoreFault(answer)) op.cameAt = Infinity;
        if (isStoreFault(answer)) return;
        op.answer = answer;
        op.heardAt = this.#moments++;
      };
    };
  }

  /** Histories that have nothing to do with one another. */
  parts(): readonly (readonly Op[])[] {
    return [...this.#ops.values()];
  }

  #add(name: string, op: Op): void {
    const ops = this.#ops.get(name);
    if (ops === undefined) this.#ops.set(name, [op]);
    else ops.push(op);
  }
}
