import { ParseError, type Environment } from '@marcbachmann/cel-js';
import { isExpr, readsOf, type Expr } from '../../profile/index.ts';
import { environmentOf, MAX_EXPRESSION } from './environment.ts';
import { Refusal } from './refusal.ts';
import { foreseen } from './foreseen.ts';
import { translate } from './translate.ts';

/** What a place wants of its expression. */
export type Expect = 'bool' | 'number' | 'string' | 'list';

export interface ExpressionOptions {
  /** Refuse an expression that can be nothing of this type. */
  readonly expect?: Expect;
  /** Further roots that this place offers, of any type: `response`, `limit` in templates. */
  readonly also?: readonly string[];
}

export type Compiled =
  | { readonly ok: true; readonly expr: Expr; readonly type: string; readonly reads: readonly string[] }
  /** `at`: offset in the text. */
  | { readonly ok: false; readonly code: 'ERR_POLICY_EXPRESSION'; readonly message: string; readonly at: number };

const environments = new Map<string, Environment>();

/** Parses, types and translates one CEL expression. What is wrong with it is a value, never thrown. */
export function compileExpression(text: string, options: ExpressionOptions = {}): Compiled {
  if (text.length > MAX_EXPRESSION)
    return refused(`an expression has at most ${MAX_EXPRESSION} characters, got ${text.length}`, 0);
  try {
    const program = environment(options.also ?? []).parse(text);
    const translated = translate(program.ast, options.also ?? []);
    const checked = program.check();
    if (!checked.valid)
      return refused(
        checked.error?.summary ?? checked.error?.message ?? 'cannot be typed',
        checked.error?.range?.start ?? 0,
      );
    const type = checked.type ?? 'dyn';
    if (!fits(type, options.expect))
      return refused(`expected ${named(options.expect)}, got ${type.startsWith('$') ? 'a map' : type}`, 0);
    const expr = foreseen(isExpr(translated) ? translated : ['value', translated]);
    return { ok: true, expr, type, reads: readsOf(expr) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message, error.at);
    if (error instanceof ParseError) return refused(error.summary, error.range?.start ?? 0);
    throw error;
  }
}

/** One environment for each set of further roots: there are as many as there are kinds of places. */
function environment(also: readonly string[]): Environment {
  const name = also.join(' ');
  let found = environments.get(name);
  if (found === undefined) environments.set(name, (found = environmentOf(also)));
  return found;
}

function fits(type: string, expect: Expect | undefined): boolean {
  if (expect === undefined || type === 'dyn') return true;
  if (expect === 'number') return type === 'int' || type === 'double';
  return expect === 'list' ? type.startsWith('list') : type === expect;
}

function named(expect: Expect | undefined): string {
  return expect === 'bool' ? 'true or false' : expect === 'string' ? 'a text' : `a ${String(expect)}`;
}

function refused(message: string, at: number): Compiled {
  return { ok: false, code: 'ERR_POLICY_EXPRESSION', message, at };
}
