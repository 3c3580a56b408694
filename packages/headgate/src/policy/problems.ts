import type { PolicyErrorCode } from './errors.ts';
import { shown, type Path, type Problem } from './problem.ts';
import type { Source } from './source/source.ts';

/** Beyond this many, a file is not a policy with mistakes but something else. */
export const MAX_PROBLEMS = 100;

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
  readonly #found = new Map<string, Problem>();

  constructor(source: Source) {
    this.#source = source;
  }

  get errors(): number {
    let errors = 0;
    for (const problem of this.#found.values()) if (problem.severity === 'error') errors++;
    return errors;
  }

  error(code: PolicyErrorCode, path: Path, rule: string, details: Details = {}): undefined {
    this.#add('error', code, path, rule, details);
  }

  warn(code: PolicyErrorCode, path: Path, rule: string, details: Details = {}): undefined {
    this.#add('warning', code, path, rule, details);
  }

  /** In file order, where there is one. */
  list(): readonly Problem[] {
    return [...this.#found.values()].sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
  }

  #add(severity: Problem['severity'], code: PolicyErrorCode, path: Path, rule: string, details: Details): void {
    if (this.#found.size >= MAX_PROBLEMS) return;
    const place = this.#source.place(path, details.at ?? 0, details.onName ?? false);
    const value = details.value === null ? undefined : shown(details.value ?? this.#source.valueAt(path));
    const problem: Problem = { severity, code, path, rule, value, file: this.#source.file, ...place };
    this.#found.set(JSON.stringify([code, path, rule]), problem);
  }
}
