import { didYouMean } from '../nearest.ts';
import { expressionFormatProblem, formatProblem, formatsOf, PLACEHOLDER_NAMES } from './placeholders.ts';

/** A template as it was written; expressions are source text at an offset, for the caller to compile. */
export type ReadPart =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'placeholder'; readonly name: string; readonly format?: string }
  | { readonly is: 'expression'; readonly text: string; readonly at: number; readonly format?: string };

export interface TemplateProblem {
  readonly rule: string;
  readonly at: number;
}

/** Pieces a template may have. */
const MAX_PARTS = 100;

/** Reads `Retry in {retryAfter} s`, `{= plan.name }`, `{= now :iso}`, `{{` for a brace. */
export function readTemplate(template: string): readonly ReadPart[] | TemplateProblem {
  const parts: ReadPart[] = [];
  let text = '';
  for (let here = 0; here < template.length;) {
    if (template[here] !== '{') text += template[here++] ?? '';
    else if (template[here + 1] === '{') {
      text += '{';
      here += 2;
    } else {
      const read = readHole(template, here);
      if ('rule' in read) return read;
      if (text !== '') parts.push({ is: 'text', text });
      parts.push(read.part);
      [text, here] = ['', read.end];
    }
    if (parts.length > MAX_PARTS) return { rule: `a template has at most ${MAX_PARTS} placeholders`, at: here };
  }
  if (text !== '' || parts.length === 0) parts.push({ is: 'text', text });
  return parts;
}

type Hole = { readonly part: ReadPart; readonly end: number } | TemplateProblem;

function readHole(template: string, from: number): Hole {
  return template[from + 1] === '=' ? readExpression(template, from) : readPlaceholder(template, from);
}

function readExpression(template: string, from: number): Hole {
  const end = closingBrace(template, from + 2);
  if (end === -1) return { rule: 'expected "}" after the expression', at: from };
  const inside = template.slice(from + 2, end);
  const colon = formatColon(inside);
  const format = colon < 0 ? undefined : inside.slice(colon + 1).trim();
  const wrong = format === undefined ? undefined : expressionFormatProblem(format);
  if (wrong !== undefined) return { rule: wrong, at: from + 2 + colon };
  const text = colon < 0 ? inside : inside.slice(0, colon);
  const part: ReadPart = { is: 'expression', text, at: from + 2, ...(format !== undefined && { format }) };
  return { part, end: end + 1 };
}

/** The colon before a format: the one that no choice (`a ? b : c`) and no map asks for. -1 when there is none. */
function formatColon(text: string): number {
  let [depth, choices, last] = [0, 0, -1];
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quote !== '') {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (depth === 0 && c === '?') choices++;
    else if (depth === 0 && c === ':' && choices-- === 0) last = i;
  }
  return last;
}

/** The brace that ends an expression: not one inside quotes, and not the end of a map. */
function closingBrace(template: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let i = from; i < template.length; i++) {
    const c = template[i] ?? '';
    if (quote !== '') {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '{') depth++;
    else if (c === '}' && depth-- === 0) return i;
  }
  return -1;
}

const PLACEHOLDER = /\{\s*([A-Za-z][A-Za-z.]*)\s*(?::\s*("[^"]*"|'[^']*'|[^\s{}:]+)\s*)?\}/y;

function readPlaceholder(template: string, from: number): Hole {
  PLACEHOLDER.lastIndex = from;
  const match = PLACEHOLDER.exec(template);
  const [, name = '', format] = match ?? [];
  if (match === null)
    return {
      rule: 'expected a placeholder such as "{remaining}" or "{retryAt:iso}"; a brace is written "{{"',
      at: from,
    };
  const wrong = placeholderProblem(name, format);
  if (wrong !== undefined) return { rule: wrong, at: from + 1 };
  return { part: { is: 'placeholder', name, ...(format !== undefined && { format }) }, end: from + match[0].length };
}

function placeholderProblem(name: string, format: string | undefined): string | undefined {
  if (formatsOf(name) === undefined) {
    return `there is no placeholder "{${name}}"${didYouMean(name, PLACEHOLDER_NAMES)}; there are ${PLACEHOLDER_NAMES.join(', ')}`;
  }
  return format === undefined ? undefined : formatProblem(name, format);
}
