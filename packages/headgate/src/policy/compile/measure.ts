import { readsOf, type Expr, type Limit, type LimitKind, type Measure } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { REFUSED, type Context } from './context.ts';
import type { Meters } from './meters.ts';

/** What is measured while a body passes, by itself. */
const MEASURES: readonly Measure[] = ['request.bytes', 'request.files', 'file.bytes'];
/** What is known of a file once it begins. */
const FILE_FIELDS = ['kind', 'type', 'name'];

/** Compiles what a size measures: an expression over the request, a meter whose cost is one, or what passes. */
export function compileMeasure(
  context: Context,
  given: string | undefined,
  meters: Meters,
  path: Path,
): Pick<Limit, 'of' | 'measures'> {
  const text = given?.trim() ?? 'request.bytes';
  const meter = meters.get(text);
  if (meter !== undefined) return { of: costOf(context, meter, path) };
  const of = context.expression(text, path, { expect: 'number', also: ['file'], passed: true });
  const measures = MEASURES.find((measure) => measure === text);
  if (measures === undefined && of !== REFUSED) checkAlone(context, of, path);
  return { of, ...(measures !== undefined && { measures }) };
}

/** What passes is measured as it is: anything made of it would have to wait for the end of the body. */
function checkAlone(context: Context, of: Expr, path: Path): void {
  const passing = readsOf(of).find((read) => read === 'request.files' || read === 'file' || read.startsWith('file.'));
  if (passing === undefined) return;
  const rule = `a size measures what passes by itself: write one of ${MEASURES.join(', ')}`;
  context.problems.error('ERR_POLICY_EXPRESSION', path, rule);
}

function costOf(context: Context, { name, costs }: NonNullable<ReturnType<Meters['get']>>, path: Path): Expr {
  const { value } = costs.charged;
  if (value.is === 'expr') return value.expr;
  if (value.is === 'literal' && costs.settled?.any === undefined) return ['value', value.value];
  const rule = `a size measures what is known with the request, by one expression; the meter "${name}" does not say it so`;
  context.problems.error('ERR_POLICY_WORD', path, rule, { value: null });
  return REFUSED;
}

/** Compiles the condition of a limit. That of a size of files may tell them apart. */
export function compileWhen(context: Context, text: string, kind: LimitKind, of: string | undefined, path: Path): Expr {
  if (kind !== 'size' || of?.trim() !== 'file.bytes') return context.expression(text, path, { expect: 'bool' });
  const expr = context.expression(text, path, { expect: 'bool', also: ['file'] });
  for (const read of readsOf(expr)) checkFile(context, read, path);
  return expr;
}

function checkFile(context: Context, read: string, path: Path): void {
  const [root, field = ''] = read.split('.', 2);
  if (root !== 'file' || FILE_FIELDS.includes(field)) return;
  const rule = `of a file, a condition may read ${FILE_FIELDS.map((name) => `file.${name}`).join(', ')}`;
  context.problems.error('ERR_POLICY_EXPRESSION', path, rule);
}
