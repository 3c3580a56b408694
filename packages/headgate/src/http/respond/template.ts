import { HeadgateError } from '../../core/index.ts';
import {
  evaluate,
  FAILED,
  type BodyTemplate,
  type Expr,
  type Template,
  type TemplatePart,
} from '../../profile/index.ts';
import { formatFor, type Format, type Quantity, type Written } from './format.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import type { Told } from './told.ts';

/** Writes one piece; undefined when the figure it speaks of does not exist. */
export type Render = (told: Told, index: number) => Written | undefined;
/** Writes a value of JSON. */
export type RenderJson = (told: Told, index: number) => unknown;

/** What stands inside a sentence for a figure that does not exist: there is no wait after which it would. */
const NO_FIGURE = 'never';

/** A template of one lone placeholder keeps the placeholder's type, and is undefined when there is nothing to say. */
export function compileTemplate(template: Template): Render {
  const parts = template.map(compilePart);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (told, index) => {
    let text = '';
    for (const part of parts) text += part(told, index) ?? NO_FIGURE;
    return text;
  };
}

function compilePart(part: TemplatePart): Render {
  if (typeof part === 'string') return () => part;
  if ('expr' in part) return expression(part.expr, part.format);
  const placeholder = Object.hasOwn(PLACEHOLDERS, part.name) ? PLACEHOLDERS[part.name] : undefined;
  if (placeholder === undefined) throw unknownPart(`{${part.name}}`, Object.keys(PLACEHOLDERS).join(', '));
  const format = formatOf(placeholder.quantity, part.format ?? placeholder.format ?? '', part.name);
  return (told, index) => {
    const value = placeholder.read(told, index);
    return value === undefined ? undefined : format(value);
  };
}

function formatOf(quantity: Quantity, name: string, of: string): Format {
  const format = formatFor(quantity, name);
  if (format === undefined) throw unknownPart(`{${of}:${name}}`, `a format for a ${quantity}`);
  return format;
}

/** An expression that fails leaves out what it stands in. */
function expression(expr: Expr, formatName = ''): Render {
  const format = formatOf('count', formatName, '= …');
  return (told) => {
    const value = evaluate(expr, told.scope());
    if (value === FAILED || value === null || value === undefined) return undefined;
    return format(typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value));
  };
}

/** JSON is written by the serializer alone, so nothing a placeholder says can leave the text it stands in. */
export function compileJson(body: BodyTemplate): RenderJson {
  switch (body.is) {
    case 'value':
      return () => body.value;
    case 'text': {
      const render = compileTemplate(body.template);
      return (told, index) => render(told, index) ?? null;
    }
    case 'list': {
      const items = body.items.map(compileJson);
      return (told, index) => items.map((item) => item(told, index));
    }
    case 'map': {
      const entries = body.entries.map(([name, value]) => [compileTemplate(name), compileJson(value)] as const);
      return (told, index) =>
        Object.fromEntries(entries.map(([name, value]) => [String(name(told, index)), value(told, index)]));
    }
    default:
      return body satisfies never;
  }
}

function unknownPart(what: string, known: string): HeadgateError {
  return new HeadgateError('ERR_TEMPLATE', `${what} is not known here; expected ${known}`);
}
