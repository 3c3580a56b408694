import type { Template } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { Context } from './context.ts';
import { compileTemplate } from './template.ts';

/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 5.5, printable ASCII only: anything else is read differently by different receivers. */
const VALUE = /^[\t\u0020-\u007e]*$/;
/** Fields that frame the message or belong to the connection: a policy that wrote them could cut a response in two. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-encoding',
  'date',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with a field name; undefined when nothing is. */
export function fieldNameProblem(name: string): string | undefined {
  if (!TOKEN.test(name)) return "expected a field name: letters, digits and !#$%&'*+-.^_`|~";
  if (FRAMING.has(name.toLowerCase())) return `"${name}" belongs to the connection: the server writes it`;
  return name.toLowerCase() === 'content-type' ? 'the media type is written as "type:"' : undefined;
}

/** Compiles fields of an answer or a block: names and values are templates that cannot begin a field of their own. */
export function compileFields(
  context: Context,
  fields: Readonly<Record<string, string | number | boolean>>,
  path: Path,
): (readonly [Template, Template])[] {
  const seen = new Set<string>();
  return Object.entries(fields).map(([name, value]) => {
    const at = [...path, name];
    if (seen.has(name.toLowerCase()))
      context.problems.error('ERR_POLICY_DUPLICATE', at, 'the field is written twice: names are the same in capitals', {
        value: null,
      });
    seen.add(name.toLowerCase());
    return [compileFieldName(context, name, at), compileFieldValue(context, String(value), at)] as const;
  });
}

function compileFieldName(context: Context, name: string, path: Path): Template {
  const template = compileTemplate(context, name, path);
  const isWhole = template.length === 1;
  for (const part of template) {
    if (typeof part !== 'string') continue;
    const problem = isWhole ? fieldNameProblem(part) : fieldNameProblem(`${part}x`);
    if (problem !== undefined)
      context.problems.error('ERR_POLICY_HEADER', path, problem, { value: name, onName: true });
  }
  return template;
}

export function compileFieldValue(context: Context, value: string, path: Path): Template {
  const template = compileTemplate(context, value, path);
  for (const part of template) {
    if (typeof part !== 'string' || VALUE.test(part)) continue;
    context.problems.error('ERR_POLICY_HEADER', path, 'a field value is one line of printable ASCII');
  }
  return template;
}
