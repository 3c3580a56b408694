import { HeadgateError } from '../../core/index.ts';
import {
  evaluate,
  FAILED,
  type BodyTemplate,
  type Expr,
  type Template,
  type TemplatePart,
} from '../../profile/index.ts';
import { chooseOf } from './choice.ts';
import type { Escape } from './escape.ts';
import { expressionFormat } from './expression-format.ts';
import { formatFor, type Written } from './format.ts';
import { PLACEHOLDERS, type Placeholder } from './placeholders.ts';
import { rootsOf } from './roots.ts';
import type { Told } from './told.ts';

/** Writes one piece of a response of this status; undefined when the figure it speaks of does not exist. */
export type Render<Out = Written | undefined> = (told: Told, index: number, status?: number) => Out;
/** Writes a value of JSON. */
export type RenderJson = Render<unknown>;

interface Piece {
  readonly render: Render;
  /** What stands inside a sentence for a figure that does not exist. */
  readonly absent: string;
}

/**
 * A template of one lone placeholder keeps the placeholder's type, and is undefined when there is nothing to say.
 * @param escape of what placeholders and expressions write, where their place needs it
 */
export function compileTemplate(template: Template, escape?: Escape): Render {
  const pieces = template.map((part) => compilePart(part, escape));
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only.render;
  return (told, index, status) => {
    let text = '';
    for (const { render, absent } of pieces) text += render(told, index, status) ?? absent;
    return text;
  };
}

function compilePart(part: TemplatePart, escape: Escape | undefined): Piece {
  if (typeof part === 'string') return { render: () => part, absent: '' };
  const { render, absent } = compileHole(part);
  if (escape === undefined) return { render, absent };
  return {
    render: (told, index, status) => {
      const written = render(told, index, status);
      return written === undefined ? undefined : escape(written, part.format);
    },
    absent,
  };
}

function compileHole(part: Exclude<TemplatePart, string>): Piece {
  if ('expr' in part) return { render: expression(part.expr, part.format), absent: '' };
  const placeholder = Object.hasOwn(PLACEHOLDERS, part.name) ? PLACEHOLDERS[part.name] : undefined;
  if (placeholder === undefined) throw unknownPart(`{${part.name}}`, Object.keys(PLACEHOLDERS).join(', '));
  return { render: figure(placeholder, part.name, part.format), absent: placeholder.absent ?? '' };
}

function figure({ quantity, read, format: usual = '' }: Placeholder, name: string, asked: string | undefined): Render {
  const format = formatFor(quantity, asked ?? usual);
  if (format === undefined) throw unknownPart(`{${name}:${asked}}`, `a format for a ${quantity}`);
  // A bucket's name is a hash already.
  if (asked === 'hash' && name !== 'bucket') return hashed(read);
  return (told, index) => {
    const value = read(told, index);
    return value === undefined ? undefined : format(value);
  };
}

function hashed(render: Render): Render {
  return (told, index, status) => {
    const value = render(told, index, status);
    return value === undefined ? undefined : told.hash(String(value));
  };
}

/** An expression that fails leaves out what it stands in, and so does one whose value does not fit its format. */
function expression(expr: Expr, name = ''): Render {
  const format = expressionFormat(name);
  if (format === undefined) throw unknownPart(`{= … :${name}}`, 'a format');
  const render: Render = (told, index, status) => {
    const value = evaluate(expr, told.scope(rootsOf(told, index, status)));
    return value === FAILED || value === null || value === undefined ? undefined : format(value);
  };
  return name === 'hash' ? hashed(render) : render;
}

/** JSON is written by the serializer alone, so nothing a placeholder says can leave the text it stands in. */
export function compileJson(body: BodyTemplate): RenderJson {
  switch (body.is) {
    case 'value':
      return () => body.value;
    case 'text': {
      const render = compileTemplate(body.template);
      return (told, index, status) => render(told, index, status) ?? null;
    }
    case 'list': {
      const items = body.items.map(compileJson);
      return (told, index, status) => items.map((item) => item(told, index, status));
    }
    case 'map':
      return compileMap(body.entries);
    case 'table':
    case 'cases': {
      const choose = chooseOf<BodyTemplate, RenderJson>(body, compileJson);
      return (told, index, status) => choose(told, index, status)?.(told, index, status) ?? null;
    }
    default:
      return body satisfies never;
  }
}

function compileMap(written: readonly (readonly [Template, BodyTemplate])[]): RenderJson {
  const entries = written.map(([name, value]) => [compileTemplate(name), compileJson(value)] as const);
  return (told, index, status) =>
    // fromEntries makes own members, whatever they are called.
    Object.fromEntries(
      entries.map(([name, value]) => [String(name(told, index, status) ?? ''), value(told, index, status)]),
    );
}

function unknownPart(what: string, known: string): HeadgateError {
  return new HeadgateError('ERR_TEMPLATE', `${what} is not known here; expected ${known}`);
}
