import type { Program, Step } from '../../../src/core/index.ts';
import { isStoreFault } from '../answers.ts';
import type { Answer } from '../entry.ts';

/** One message, as the one who sent it knows it. */
export interface Op {
  readonly step: Step;
  /** Numbers of moments: no two are one. */
  readonly sentAt: number;
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

  /** A message was sent, in so many copies at most; returns how to say what was heard of it. */
  sent(step: Step, copies: number): (answer: Answer) => void {
    if (!this.#programs.includes(step.program)) return () => undefined;
    const first = this.#add(step);
    for (let copy = 1; copy < copies; copy++) this.#add(step);
    return (answer) => {
      // Of a tick that failed it may turn out later that it is there.
      if (isStoreFault(answer)) return;
      first.answer = answer;
      first.heardAt = this.#moments++;
    };
  }

  /** Histories that have nothing to do with one another. */
  parts(): readonly (readonly Op[])[] {
    return [...this.#ops.values()];
  }

  #add(step: Step): Op {
    const name = `${step.program.id} ${step.keys.at(-1)}`;
    const op: Op = { step, sentAt: this.#moments++, heardAt: Infinity, answer: undefined };
    const ops = this.#ops.get(name);
    if (ops === undefined) this.#ops.set(name, [op]);
    else ops.push(op);
    return op;
  }
}
