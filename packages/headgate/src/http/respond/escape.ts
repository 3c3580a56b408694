import type { Written } from './format.ts';

/** Writes a figure as its place takes it; `format` is the one that was asked for. */
export type Escape = (written: Written, format: string | undefined) => Written;

const MARKUP = /^[\w.-]+\/(?:html|xml|(?:[\w.-]+\+)?xml)\s*(?:;|$)/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** How figures are written into a body that is text of this media type; undefined: as they are. */
export function escapeFor(type: string | undefined): Escape | undefined {
  if (type === undefined) return undefined;
  if (MARKUP.test(type)) return inMarkup;
  return JSON_TYPE.test(type) ? inJson : undefined;
}

/** In text and in quoted attributes of HTML and XML. */
function inMarkup(written: Written): Written {
  return typeof written === 'string' ? written.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '') : written;
}

/** Between quotes; what is asked for as JSON is a whole value, and brings its own. */
function inJson(written: Written, format: string | undefined): Written {
  return typeof written === 'string' && format !== 'json' ? JSON.stringify(written).slice(1, -1) : written;
}
