import type { PolicyErrorCode } from './errors.ts';
import { shown, type Path, type Problem } from './problem.ts';
import type { Source } from './source/source.ts';

/** Of each severity: beyond this many, a file is not a policy with mistakes but something else. */
const MAX_PROBLEMS = 100;

export interface Details {
  /** Offset inside the text at `path`, for a problem with a part of it (an expression, a placeholder). */
  readonly at?: number;
  /** What to show as the value; default: what stands at the path. `null` shows nothing. */
  readonly value?: unknown;
  /** Point at the name, not at what it stands for. */
  readonly onName?: boolean;
}

/** Collects what is wrong with one source, so that a reader is told everything at once. */
export class Problems {
  readonly #source: Source;
  readonly #origin: (path: Path) => Path;
  readonly #found: Map<string, Problem>;

  constructor(source: Source, origin: (path: Path) => Path = (path) => path, found: Map<string, Problem> = new Map()) {
    this.#source = source;
    this.#origin = origin;
    this.#found = found;
  }

  /** The same collection for those whose paths lead into a copy of the source. */
  at(origin: (path: Path) => Path): Problems {
    return new Problems(this.#source, origin, this.#found);
  }

  /** Where in the source a path leads. */
  origin(path: Path): Path {
    return this.#origin(path);
  }

  /** Whether more would not be told: whoever looks for good advice can save the work. Doubts take no error's place. */
  isFull(severity: Problem['severity']): boolean {
    return this.count(severity) >= MAX_PROBLEMS;
  }

  count(severity: Problem['severity']): number {
    let count = 0;
    for (const problem of this.#found.values()) if (problem.severity === severity) count++;
    return count;
  }

  error(code: PolicyErrorCode, path: Path, rule: string, details: Details = {}): undefined {
    this.#add('error', code, path, rule, details);
  }

  warn(code: PolicyErrorCode, path: Path, rule: string, details: Details = {}): undefined {
    this.#add('warning', code, path, rule, details);
  }

  /** Whether something, with this code or any, was told of a word directly under the path. */
  hasBelow(path: Path, code?: PolicyErrorCode): boolean {
    const above = JSON.stringify(this.#origin(path));
    return [...this.#found.values()].some(
      (told) => (code ?? told.code) === told.code && JSON.stringify(told.path.slice(0, -1)) === above,
    );
  }

  /** In file order, where there is one. */
  list(): readonly Problem[] {
    return [...this.#found.values()].toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
  }

  #add(severity: Problem['severity'], code: PolicyErrorCode, here: Path, rule: string, details: Details): void {
    if (this.isFull(severity)) return;
    const path = this.#origin(here);
    const place = this.#source.place(path, details.at ?? 0, details.onName ?? false);
    const value = details.value === null ? undefined : shown(details.value ?? this.#source.valueAt(path));
    const problem: Problem = { severity, code, path, rule, value, file: this.#source.file, ...place };
    this.#found.set(JSON.stringify([code, path, rule]), problem);
  }
}
