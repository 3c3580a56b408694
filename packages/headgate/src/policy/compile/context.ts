import { usesIn, type Expr, type Ramp } from '../../profile/index.ts';
import { callsOf, compileExpression, type Expect } from '../expression/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import type { Problems } from '../problems.ts';
import type { Source } from '../source/source.ts';

/** Names that are declared somewhere in the policy, gathered before anything refers to them. */
export interface Names {
  /** From least to most; empty when the policy has no plans. */
  readonly plans: readonly string[];
  /** Values of `subject.auth`. */
  readonly auth: readonly string[];
  /** Operation names to what `on` may call them: names, groups, tags. */
  readonly operations: ReadonlyMap<string, readonly string[]>;
  /** What may be asked of an operation: its own words, and what any of them is `set`. */
  readonly operationAttributes: ReadonlySet<string>;
  /** Variables of any operation's path; undefined where the policy names no operations. */
  readonly pathVariables: ReadonlySet<string> | undefined;
  /** What operations happen by that are no requests with a route. */
  readonly events: ReadonlySet<string>;
  /** Operation names to the one variable of each of their paths; empty where a path has none, or several. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** Limit names as written, each with the names it expands to (one a window). */
  readonly limits: ReadonlyMap<string, readonly string[]>;
  readonly answers: ReadonlySet<string>;
  readonly meters: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
  /** Whether any operation is a batch, or a partition is of elements: then expressions may read its `item`. */
  readonly batches: boolean;
  readonly channels: ReadonlySet<string>;
  /** Marks that some limit's ladder sets. */
  readonly marks: ReadonlySet<string>;
  readonly schedules: ReadonlySet<string>;
  /** Attributes of the subject that are named anywhere. */
  readonly attributes: ReadonlySet<string>;
  /** Attributes that every caller has, whichever source it came by. */
  readonly guaranteed: ReadonlySet<string>;
  /** Attributes that every plan has, and that some have. */
  readonly planAttributes: { readonly every: ReadonlySet<string>; readonly some: ReadonlySet<string> };
}

/** What a place wants of its expression. */
export interface Wanted {
  readonly expect?: Expect;
  /** Offset of the expression inside the text at its path. */
  readonly at?: number;
  /** Roots that only this place offers. */
  readonly also?: readonly string[];
  /** Whether the body has passed when it is evaluated. */
  readonly passed?: boolean;
}

/** Stands for an expression that was refused; the policy is never handed out with it. */
export const REFUSED: Expr = ['value', null];

/** What every part of the compiler needs: the names, and somewhere to say what is wrong. */
export class Context {
  readonly problems: Problems;
  readonly names: Names;

  /** Functions of the program around the gate that expressions call. */
  readonly hosts: Set<string> = new Set();
  /** How amounts grow with use, by the limit. */
  readonly ramps: Map<string, Ramp> = new Map();
  readonly #source: Source;

  constructor(problems: Problems, names: Names, source: Source) {
    this.problems = problems;
    this.names = names;
    this.#source = source;
  }

  /** Whether any of these words was written there, be it one that was told of and left out. */
  wasWritten(path: Path, words: readonly string[]): boolean {
    return words.some((word) => this.#source.valueAt(this.problems.origin([...path, word])) !== undefined);
  }

  expression(text: string, path: Path, { expect, at = 0, also = [], passed = false }: Wanted = {}): Expr {
    if (text.trim() === '') {
      this.problems.error('ERR_POLICY_BLANK', path, 'expected an expression; write one, or remove the word');
      return REFUSED;
    }
    if (this.names.meters.has(text.trim())) {
      const rule = `"${text.trim()}" is a meter: it stands alone, as the whole cost`;
      this.problems.error('ERR_POLICY_EXPRESSION', path, rule, { value: null });
      return REFUSED;
    }
    const roots = this.names.batches ? [...also, 'item'] : also;
    const compiled = compileExpression(text, { also: roots, ...(expect && { expect }) });
    if (!compiled.ok) {
      const value = compiled.message.includes(', got ') ? null : text;
      this.problems.error('ERR_POLICY_EXPRESSION', path, compiled.message, { at: at + compiled.at, value });
      return REFUSED;
    }
    for (const read of compiled.reads) this.#checkRead(read, path);
    this.#checkCalls(compiled.expr, path);
    if (!passed && compiled.reads.includes('request.files')) {
      this.problems.error('ERR_POLICY_EXPRESSION', path, FILES_LATER, { value: text });
      return REFUSED;
    }
    return compiled.expr;
  }

  /** Tells of an attribute that not every caller has: without it, callers would share what they should not. */
  #checkRead(read: string, path: Path): void {
    if (read.startsWith('plan.') && !this.#isOfPlans(read.slice('plan.'.length), path)) return;
    if (read.startsWith('operation.'))
      this.isKnown('attribute of operations', read.slice('operation.'.length), this.names.operationAttributes, path);
    this.#checkAsked(read, path);
    const name = read.startsWith('subject.') ? read.slice('subject.'.length) : read;
    const isAttribute = read.startsWith('subject.') || ATTRIBUTE_ROOTS.has(name.split('.', 1)[0] ?? '');
    if (isAttribute) this.checkAttribute(name, path, 'where it is missing, this counts as failed');
  }

  /** What is read of a path or of a connection must be there for some operation: it would be missing for everybody. */
  #checkAsked(read: string, path: Path): void {
    const { pathVariables, events } = this.names;
    if (read.startsWith('path.') && pathVariables !== undefined)
      this.isKnown('variable of any path', read.slice('path.'.length), pathVariables, path);
    const [root = ''] = read.split('.', 1);
    if ((root !== 'message' && root !== 'connection') || events.size > 0) return;
    const rule = `${root} is there for what happens on a connection, and no operation of the policy does: name one by "event:"`;
    this.problems.error('ERR_POLICY_EXPRESSION', path, rule, { value: null });
  }

  #checkCalls(expr: Expr, path: Path): void {
    for (const table of [...callsOf(expr, 'lookup'), ...callsOf(expr, 'graphql.cost')])
      this.isKnown('table', table, this.names.tables, path);
    for (const name of callsOf(expr, 'during')) this.isKnown('schedule', name, this.names.schedules, path);
    for (const name of usesIn(expr)) this.#checkUse(name, path);
    for (const name of callsOf(expr, 'host')) {
      this.hosts.add(name);
      const rule = `host("${name}", …) is a function that the program around the gate must register; the headgate command has none`;
      this.problems.warn('WARN_POLICY_HOST', path, rule, { value: null });
    }
  }

  /** How a limit stands is known where it is worked out what applies, and how much: before anything is charged. */
  #checkUse(name: string, path: Path): void {
    const windows = this.names.limits.get(name);
    if (!mayReadUse(path)) this.problems.error('ERR_POLICY_EXPRESSION', path, USE_ELSEWHERE, { value: null });
    else if (windows !== undefined && windows[0] !== name)
      this.problems.error(
        'ERR_POLICY_UNKNOWN',
        path,
        `"${name}" has several windows: name one of ${windows.join(', ')}`,
        { value: null },
      );
    else this.isKnown('limit', name, [...this.names.limits.values()].flat(), path);
  }

  /** @param otherwise what becomes of callers that do not have it */
  checkAttribute(name: string, path: Path, otherwise: string): void {
    const { attributes, guaranteed } = this.names;
    if (guaranteed.has(name) || this.problems.isFull('warning')) return;
    const rule = attributes.has(name)
      ? `not every caller has "${name}"; ${otherwise}`
      : `no source gives "${name}"${didYouMean(name, attributes)}; there are ${[...attributes].join(', ')}; ${otherwise}`;
    this.problems.warn('WARN_POLICY_ATTRIBUTE', path, rule, { value: null });
  }

  /** Whether every plan has the attribute; tells of one that only some have, or none. */
  #isOfPlans(name: string, path: Path): boolean {
    const { every, some } = this.names.planAttributes;
    if (every.has(name)) return true;
    const rule = `not every plan has "${name}"; where it is missing, this counts as failed`;
    if (this.isKnown('attribute of plans', name, some, path))
      this.problems.warn('WARN_POLICY_ATTRIBUTE', path, rule, { value: null });
    return false;
  }

  /** Tells of an attribute that no caller is known to have: most likely it is misspelt. */
  checkNamed(name: string, path: Path): void {
    const { attributes } = this.names;
    if (attributes.has(name)) return;
    const rule = `no source is known to give "${name}"${didYouMean(name, attributes)}`;
    this.problems.warn('WARN_POLICY_ATTRIBUTE', path, rule, { value: null });
  }

  /** Whether a name is among those declared; tells what is near when it is not. */
  isKnown(what: string, name: string, known: Iterable<string>, path: Path): boolean {
    const names = [...known];
    if (names.includes(name)) return true;
    if (this.problems.isFull('error')) return false;
    const all = names.length === 0 ? '; the policy has none' : didYouMean(name, names);
    this.problems.error('ERR_POLICY_UNKNOWN', path, `there is no ${what} "${name}"${all}`, { value: null });
    return false;
  }
}

const USE_ELSEWHERE =
  'usage(), left() and limit() may stand in the amount, burst, per, when and cost of a limit, in at and when of its steps, and in overrides: what is told elsewhere has placeholders';
const OF_LIMITS: ReadonlySet<unknown> = new Set([
  'rate',
  'quota',
  'concurrency',
  'level',
  'size',
  'burst',
  'per',
  'when',
  'cost',
]);
const SETTLED: ReadonlySet<unknown> = new Set(['actual', 'lost']);

function mayReadUse(path: Path): boolean {
  const [top, , word, settled] = path;
  // A step of a ladder, and not the body of an answer that stands in it.
  if (top === 'limits' && word === 'past') return path.length <= 5 && ['at', 'when'].includes(String(path.at(-1)));
  return top === 'overrides' || (top === 'limits' && OF_LIMITS.has(word) && !SETTLED.has(settled));
}

const FILES_LATER =
  'request.files is known only once the body has passed: it may be the "of" of a size, and stand in cost.actual, count and hold';

/** Roots of expressions that are attributes of the subject, and those of a plan when there are plans. */
const ATTRIBUTE_ROOTS: ReadonlySet<string> = new Set(['account', 'user', 'key', 'app', 'org', 'plan']);
