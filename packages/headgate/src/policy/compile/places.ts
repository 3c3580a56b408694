import type { IdentitySource } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { SourceInput } from '../schema/identify.ts';
import type { Context } from './context.ts';
import { fieldNameProblem } from './header.ts';

type Places = IdentitySource['places'];

const PLACES = ['header', 'bearer', 'basic', 'cookie', 'query', 'certificate'] as const;

function isPlace(word: string): word is (typeof PLACES)[number] {
  return PLACES.some((place) => place === word);
}

/** In the order of the file: the places of one source must agree, so the order only tells which is looked at first. */
export function placesOf(context: Context, source: SourceInput, path: Path): Places {
  const words = Object.keys(source).filter((word) => isPlace(word) && source[word] !== undefined);
  const places = words.flatMap(
    (word) => placeOf(context, word, source[word as keyof SourceInput], [...path, word]) ?? [],
  );
  if (words.length === 0 && !context.wasWritten(path, [...PLACES]))
    context.problems.error(
      'ERR_POLICY_MISSING',
      path,
      'expected a place: header, bearer, basic, cookie, query or certificate',
      {
        value: null,
      },
    );
  if (source.from === 'proxy') checkHeaders(context, words, path);
  return places;
}

/** A proxy tells by a header of its own: whatever else stands in a request is the caller's. */
function checkHeaders(context: Context, words: readonly string[], path: Path): void {
  for (const word of words) {
    if (word === 'header') continue;
    context.problems.error('ERR_POLICY_WORD', [...path, word], '"from: proxy" belongs to a header', { value: null });
  }
}

function placeOf(context: Context, word: string, written: unknown, path: Path): Places[number] | undefined {
  switch (word) {
    case 'bearer':
    case 'basic':
      return { in: word, name: 'authorization', prefix: prefixOf(context, written, path) };
    case 'header':
      checkHeader(context, String(written), path);
      return { in: 'header', name: String(written).toLowerCase(), prefix: '' };
    case 'cookie':
      checkName(context, String(written), path);
      return { in: 'cookie', name: String(written), prefix: '' };
    case 'query':
      if (!/^[\u0021-\u007e]{1,64}$/.test(String(written)))
        context.problems.error('ERR_POLICY_NAME', path, 'expected the name of a query parameter');
      return { in: 'query', name: String(written), prefix: '' };
    case 'certificate':
      return { in: 'certificate', name: String(written), prefix: '' };
    default:
      return undefined;
  }
}

/** In these fields a credential stands behind a scheme or a name: as a whole they have as many spellings as one likes. */
const STRUCTURED: Readonly<Record<string, string>> = {
  authorization: '"bearer: true" or "basic: true"',
  cookie: '"cookie: NAME"',
};

function checkHeader(context: Context, name: string, path: Path): void {
  const instead = STRUCTURED[name.toLowerCase()];
  if (instead !== undefined) context.problems.error('ERR_POLICY_HEADER', path, `is read by ${instead}`);
  checkName(context, name, path);
}

function checkName(context: Context, name: string, path: Path): void {
  const problem = fieldNameProblem(name);
  if (problem !== undefined) context.problems.error('ERR_POLICY_HEADER', path, problem);
}

/** `true` takes every token, `ghs_*` those that begin so. */
function prefixOf(context: Context, written: unknown, path: Path): string {
  if (typeof written !== 'string') return '';
  const prefix = /^([\u0021-\u0029\u002b-\u007e]{1,64})\*$/.exec(written)?.[1];
  if (prefix === undefined)
    context.problems.error('ERR_POLICY_TYPE', path, 'expected true, or how the token begins, such as "ghs_*"');
  return prefix ?? '';
}

/** The first source that is present decides: one that looks where an earlier one looks is never asked. */
export function checkUnlike(context: Context, sources: readonly IdentitySource[]): void {
  const taken: { place: Places[number]; by: string }[] = [];
  for (const { name, places } of sources) {
    for (const place of places) {
      const earlier = taken.find(
        (other) =>
          other.place.in === place.in && other.place.name === place.name && place.prefix.startsWith(other.place.prefix),
      );
      if (earlier !== undefined && earlier.by !== name) {
        const rule = `never asked: "${earlier.by}" comes first and takes what stands there; tell them apart by how a token begins`;
        context.problems.error('ERR_POLICY_SHADOWED', ['identify', name, place.in], rule, { value: null });
      }
      taken.push({ place, by: name });
    }
  }
}
