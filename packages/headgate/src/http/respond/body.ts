import type { BodyTemplate } from '../../profile/index.ts';
import { chooseOf } from './choice.ts';
import { escapeFor } from './escape.ts';
import { compileJson, compileTemplate } from './template.ts';
import type { Told } from './told.ts';

const TEXT = 'text/plain; charset=utf-8';
/** Without a charset, which it has none of (RFC 8259 11). */
const JSON_TEXT = 'application/json';
const NOTHING: Body = () => ({ type: TEXT, text: '' });

type Body = (told: Told) => { readonly type: string; readonly text: string };

/** Compiles a body of a policy's own words. Its media type is the one it states, else that of what it comes to. */
export function compileBody(body: BodyTemplate, status: number, type: string | undefined): Body {
  if (body.is === 'table' || body.is === 'cases') {
    const choose = chooseOf<BodyTemplate, Body>(body, (leaf) => compileBody(leaf, status, type));
    return (told) => (choose(told, told.reported, status) ?? NOTHING)(told);
  }
  if (body.is === 'text') {
    const render = compileTemplate(body.template, escapeFor(type));
    return (told) => ({ type: type ?? TEXT, text: String(render(told, told.reported, status) ?? '') });
  }
  const json = compileJson(body);
  return (told) => ({ type: type ?? JSON_TEXT, text: JSON.stringify(json(told, told.reported, status)) });
}
