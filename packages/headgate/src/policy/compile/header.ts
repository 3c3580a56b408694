import { FRAMING_FIELDS, type BodyTemplate, type FieldTemplate, type Template } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { FieldsInput } from '../schema/respond.ts';
import type { Context } from './context.ts';
import { compileBody, compileTemplate } from './template.ts';

/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 5.5, printable ASCII only: anything else is read differently by different receivers. */
const VALUE = /^[\t\u0020-\u007e]*$/;
/** What is wrong with a field name; undefined when nothing is. */
export function fieldNameProblem(name: string): string | undefined {
  if (!TOKEN.test(name)) return "expected a field name: letters, digits and !#$%&'*+-.^_`|~";
  if (name.toLowerCase() === 'content-type') return 'the media type is written as "type:"';
  return FRAMING_FIELDS.has(name.toLowerCase())
    ? `"${name}" belongs to the connection: the server writes it`
    : undefined;
}

/** Compiles fields of an answer or a block: names and values are templates that cannot begin a field of their own. */
export function compileFields(context: Context, fields: FieldsInput, path: Path): FieldTemplate[] {
  const seen = new Set<string>();
  return Object.entries(fields).map(([name, value]) => {
    const at = [...path, name];
    if (seen.has(name.toLowerCase()))
      context.problems.error('ERR_POLICY_DUPLICATE', at, 'the field is written twice: names are the same in capitals', {
        value: null,
      });
    seen.add(name.toLowerCase());
    return [compileFieldName(context, name, at), compileValue(context, value, at)] as const;
  });
}

/** A map or a list is written as JSON; a bare number or `true` reads as its text. */
function compileValue(context: Context, value: FieldsInput[string], path: Path): BodyTemplate {
  if (typeof value === 'object') return compileBody(context, value, path);
  return { is: 'text', template: compileFieldValue(context, String(value), path) };
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
