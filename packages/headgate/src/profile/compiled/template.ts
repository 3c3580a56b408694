import type { Expr } from '../expression/expr.ts';
import type { Literal } from './value.ts';

/** A piece of a template: text, a placeholder such as `{retryAfter:iso}`, or an expression `{= … }`. */
export type TemplatePart =
  | string
  | { readonly name: string; readonly format?: string }
  | { readonly expr: Expr; readonly format?: string };
export type Template = readonly TemplatePart[];

/** A body: JSON whose texts are templates. A text that is one lone placeholder keeps the placeholder's type. */
export type BodyTemplate =
  | { readonly is: 'text'; readonly template: Template }
  | { readonly is: 'value'; readonly value: Literal }
  | { readonly is: 'list'; readonly items: readonly BodyTemplate[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Template, BodyTemplate])[] }
  | TemplateTable<BodyTemplate>
  | TemplateCases<BodyTemplate>;

/** One of several, by what an expression comes to. */
export interface TemplateTable<Leaf> {
  readonly is: 'table';
  readonly by: Expr;
  readonly rows: readonly (readonly [string, Leaf])[];
  readonly else?: Leaf;
}

/** The first whose condition holds. */
export interface TemplateCases<Leaf> {
  readonly is: 'cases';
  readonly cases: readonly { readonly when: Expr; readonly use: Leaf }[];
  readonly else: Leaf;
}

/** A field: its name, and its value, of which a map or a list is written as JSON. */
export type FieldTemplate = readonly [name: Template, value: BodyTemplate];
