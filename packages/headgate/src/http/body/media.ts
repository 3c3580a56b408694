import type { RequestFacts } from '../../profile/index.ts';
import type { RequestView } from '../request.ts';
import { bodyBytes } from '../route/body-bytes.ts';
import { kindsOf } from './kinds.ts';
import { codingProblem, type BodyRefused } from './read-body.ts';

/** What a body is made of, as its type says. */
export type Media =
  | { readonly is: 'multipart'; readonly boundary: string }
  /** All of it is one file. */
  | { readonly is: 'single'; readonly type: string }
  | { readonly is: 'bad' };

/** RFC 2046 5.1.1: 1 to 70 characters, no space at the end. */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
const PARAMETER = /\s*;\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]+))\s*)?/gy;

/** Reads a Content-Type. One that two readers could read in two ways is bad. */
export function mediaOf(view: RequestView): Media {
  const types = view.headers('content-type');
  const [type = ''] = types;
  if (types.length > 1) return { is: 'bad' };
  if (!/^\s*multipart\//i.test(type)) return { is: 'single', type };
  const boundaries = parametersOf(type)?.filter(([name]) => name === 'boundary') ?? [];
  const boundary = boundaries[0]?.[1] ?? '';
  return boundaries.length === 1 && BOUNDARY.test(boundary) ? { is: 'multipart', boundary } : { is: 'bad' };
}

/** The parameters of a field's value, by lower-case name (RFC 9110 5.6.6); undefined when they cannot be read. */
function parametersOf(value: string): readonly (readonly [string, string])[] | undefined {
  const found: [string, string][] = [];
  PARAMETER.lastIndex = value.indexOf(';');
  if (PARAMETER.lastIndex < 0) return found;
  while (PARAMETER.lastIndex < value.length) {
    const match = PARAMETER.exec(value);
    if (match === null) return undefined;
    const [, name, quoted, plain] = match;
    if (name !== undefined) found.push([name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '']);
  }
  return found;
}

/** Why the files of a request cannot be measured; undefined when they can, or there is no body. */
export function mediaProblem(view: RequestView): BodyRefused | undefined {
  if (bodyBytes(view) === 0) return undefined;
  const coded = codingProblem(view);
  if (coded !== undefined || mediaOf(view).is !== 'bad') return coded;
  return { is: 'refused', status: 400, detail: 'The Content-Type cannot be read, or has no boundary.' };
}

const NOTHING_SEEN = new Uint8Array(0);

/** What is known of the one file of a body before it passes; undefined when it is not one, or its length is not declared. */
export function declaredFile(view: RequestView, path: string): RequestFacts['file'] {
  const bytes = bodyBytes(view);
  if (bytes === undefined || bytes === 0) return undefined;
  const media = mediaOf(view);
  if (media.is !== 'single') return undefined;
  return { bytes, type: media.type, name: path, kinds: [...kindsOf(media.type, [path], NOTHING_SEEN)] };
}
