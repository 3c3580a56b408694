import type { Program } from '../../core/index.ts';
import type { Leased } from './leased.ts';

/** Callers that are known at once. While there are so many, nobody else is leased anything: each request asks the store. */
const MAX_KNOWN = 10_000;
/** Callers with longer names, together, are not known. In UTF-16 units. */
const MAX_NAME = 1024;

/** One key after another leads to what is leased. */
class Branch {
  readonly more: Map<string, Branch> = new Map();
  leased: Leased | undefined;
}

/** What is leased, by program and keys. */
export class Known {
  readonly #roots: Map<Program, Branch> = new Map();
  #size = 0;
  #lastProgram: Program | undefined;
  #lastRoot: Branch | undefined;

  get size(): number {
    return this.#size;
  }

  find(program: Program, keys: readonly string[]): Leased | undefined {
    let branch = this.#rootOf(program);
    for (let r = 0; r < program.records.length && branch !== undefined; r++) branch = branch.more.get(keys[r]!);
    return branch?.leased;
  }

  #rootOf(program: Program): Branch | undefined {
    if (program === this.#lastProgram) return this.#lastRoot;
    this.#lastProgram = program;
    return (this.#lastRoot = this.#roots.get(program));
  }

  /** Whether another with these keys may be known. */
  hasRoomFor(keys: readonly string[], { records }: Program): boolean {
    if (this.#size >= MAX_KNOWN || keys.length !== records.length) return false;
    let length = 0;
    for (const key of keys) length += typeof key === 'string' ? key.length : Infinity;
    return length <= MAX_NAME;
  }

  add(leased: Leased): void {
    const { program } = leased.terms;
    let branch = this.#roots.get(program);
    if (branch === undefined) this.#roots.set(program, (branch = new Branch()));
    for (const key of leased.keys) branch = childOf(branch, key);
    branch.leased = leased;
    this.#lastProgram = undefined;
    this.#size++;
  }

  /** Looks at each, and keeps those that stay. */
  keep(stays: (leased: Leased) => boolean): void {
    this.#lastProgram = this.#lastRoot = undefined;
    for (const [program, root] of this.#roots) if (!this.#prune(root, stays)) this.#roots.delete(program);
  }

  /** Whether anything is left of it. */
  #prune(branch: Branch, stays: (leased: Leased) => boolean): boolean {
    if (branch.leased !== undefined && !stays(branch.leased)) {
      branch.leased = undefined;
      this.#size--;
    }
    for (const [key, child] of branch.more) if (!this.#prune(child, stays)) branch.more.delete(key);
    return branch.leased !== undefined || branch.more.size > 0;
  }
}

function childOf(branch: Branch, key: string): Branch {
  let child = branch.more.get(key);
  if (child === undefined) branch.more.set(key, (child = new Branch()));
  return child;
}
