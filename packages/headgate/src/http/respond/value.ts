import type { BodyTemplate } from '../../profile/index.ts';
import { fieldValue } from '../header-text.ts';
import { compileJson, compileTemplate, type Render } from './template.ts';

/** Longer values are cut: most receivers refuse a head of more. In characters. */
const MAX_VALUE = 4096;

/** Compiles the value of a field: one line, whatever is in it. Maps and lists are written as JSON. */
export function headerText(value: BodyTemplate): Render<string | undefined> {
  if (value.is === 'text') {
    const render = compileTemplate(value.template);
    return (told, index, status) => {
      const text = render(told, index, status);
      return text === undefined ? undefined : fieldValue(String(text).slice(0, MAX_VALUE));
    };
  }
  const json = compileJson(value);
  return (told, index, status) => {
    const text = asciiJson(json(told, index, status));
    // JSON that was cut is none.
    return text.length > MAX_VALUE ? undefined : text;
  };
}

/** JSON of printable ASCII alone, which every receiver of a field reads the same (RFC 9110 5.5). */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\u0020-\u007e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
