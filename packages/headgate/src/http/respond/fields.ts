import { FRAMING_FIELDS, type FieldTemplate, type HeaderBlock } from '../../profile/index.ts';
import { fieldName } from '../header-text.ts';
import { compileTemplate, type Render } from './template.ts';
import type { Told } from './told.ts';
import { headerText } from './value.ts';

/** Appends a block's own fields. */
export type WriteFields = (out: string[], told: Told, of: readonly number[], status: number) => void;

export interface CompiledField {
  readonly name: Render<string | undefined>;
  readonly value: Render<string | undefined>;
}

/** Names are short in every specification; a longer one is a mistake in what it was made from. In characters. */
const MAX_NAME = 200;

/** A name that a placeholder made is looked at again: it must not be one that frames the message. */
export function compileField([name, value]: FieldTemplate): CompiledField {
  const render = compileTemplate(name);
  return {
    name: (told, index, status) => {
      const given = render(told, index, status);
      const made = given === undefined ? '' : fieldName(String(given).slice(0, MAX_NAME));
      return made === '' || FRAMING_FIELDS.has(made.toLowerCase()) ? undefined : made;
    },
    value: headerText(value),
  };
}

/** Compiles a block's own fields: those of one name are written once with the values joined, or once each. */
export function compileFields({ fields, each, join }: HeaderBlock): WriteFields {
  const compiled = fields.map(compileField);
  return (out, told, of, status) => {
    for (const field of compiled) {
      for (const [name, values] of linesOf(field, told, of, status)) {
        if (each) for (const value of values) out.push(name, value);
        else out.push(name, values.join(join));
      }
    }
  };
}

/** The values of one field, by the names it has for these limits. */
function linesOf(
  { name, value }: CompiledField,
  told: Told,
  of: readonly number[],
  status: number,
): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const index of of) {
    const [field, text] = [name(told, index, status), value(told, index, status)];
    if (field === undefined || text === undefined) continue;
    const line = lines.get(field);
    if (line === undefined) lines.set(field, [text]);
    else line.push(text);
  }
  return lines;
}
