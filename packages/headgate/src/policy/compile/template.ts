import type { BodyTemplate, Template, TemplatePart } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import { readTemplate, type ReadPart } from '../read/template.ts';
import type { Context } from './context.ts';
import { compileTold } from './told.ts';

/** Compiles a template; what a problem is about is pointed at inside the text. */
export function compileTemplate(context: Context, text: string, path: Path): Template {
  const read = readTemplate(text);
  if ('rule' in read) {
    context.problems.error('ERR_POLICY_TEMPLATE', path, read.rule, { at: read.at });
    return [text];
  }
  return read.map((part) => compilePart(context, part, path));
}

function compilePart(context: Context, part: ReadPart, path: Path): TemplatePart {
  switch (part.is) {
    case 'text':
      return part.text;
    case 'placeholder':
      return { name: part.name, ...(part.format !== undefined && { format: part.format }) };
    case 'expression':
      return {
        expr: compileTold(context, part.text, path, { at: part.at }),
        ...(part.format !== undefined && { format: part.format }),
      };
    default:
      return part satisfies never;
  }
}

/** Compiles a body: JSON whose texts and names are templates. */
export function compileBody(context: Context, body: unknown, path: Path): BodyTemplate {
  if (typeof body === 'string') return { is: 'text', template: compileTemplate(context, body, path) };
  if (Array.isArray(body))
    return { is: 'list', items: body.map((item: unknown, i) => compileBody(context, item, [...path, i])) };
  if (typeof body === 'object' && body !== null) return { is: 'map', entries: compileEntries(context, body, path) };
  // What is left of plain data are numbers, booleans and null.
  return { is: 'value', value: body as number | boolean | null };
}

function compileEntries(context: Context, body: object, path: Path): (readonly [Template, BodyTemplate])[] {
  return Object.entries(body).map(([name, value]: [string, unknown]) => {
    const at = [...path, name];
    return [compileTemplate(context, name, at), compileBody(context, value, at)] as const;
  });
}
