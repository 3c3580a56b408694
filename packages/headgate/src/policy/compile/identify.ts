import type { CompiledPolicy, IdentitySource } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { SourceInput } from '../schema/identify.ts';
import { didYouMean } from '../nearest.ts';
import { fieldNameProblem } from './header.ts';
import { compileKeys } from './keys.ts';
import type { Context } from './context.ts';

type Places = IdentitySource['places'];

/** Compiles `identify`: the sources in order, and whether anybody else is let in by address. */
export function compileIdentify(
  context: Context,
  identify: PolicyInput['identify'],
): Pick<CompiledPolicy, 'identify' | 'anonymous'> {
  // Nobody is asked who they are: every caller is known by address.
  if (identify === undefined) return { identify: [], anonymous: true };
  const sources: IdentitySource[] = [];
  let anonymous = false;
  for (const [name, source] of Object.entries(identify)) {
    const path = ['identify', name];
    if (anonymous)
      context.problems.error('ERR_POLICY_WORD', path, '"anonymous" comes last: no source after it is ever asked', {
        value: null,
        onName: true,
      });
    if (source === true) {
      if (name !== 'anonymous')
        context.problems.error(
          'ERR_POLICY_TYPE',
          path,
          'expected where the credential is, such as { header: X-API-Key, find: any }',
        );
      anonymous ||= name === 'anonymous';
    } else sources.push(compileSource(context, name, source, path));
  }
  checkUnlike(context, sources);
  return { identify: sources, anonymous };
}

function compileSource(context: Context, name: string, source: SourceInput, path: Path): IdentitySource {
  if (['anonymous', 'auth', 'address', 'plan'].includes(name)) {
    const rule =
      name === 'anonymous' ? 'expected "anonymous: true"' : `"${name}" is an attribute that every caller has already`;
    context.problems.error('ERR_POLICY_NAME', path, rule, { value: null, onName: true });
  }
  const places = placesOf(context, source, path);
  if (places.length === 0 && !context.wasWritten(path, PLACES)) {
    context.problems.error('ERR_POLICY_MISSING', path, 'expected a place: header, bearer, basic, cookie or query', {
      value: null,
    });
  }
  const find = findOf(context, source, path);
  return { name, places, find, keys: compileKeys(context, name, find, source.keys, [...path, 'keys']) };
}

const PLACES = ['header', 'bearer', 'basic', 'cookie', 'query', 'certificate'];
const LATER_FINDS: ReadonlySet<string> = new Set(['jwt', 'http']);

function findOf(context: Context, { find }: SourceInput, path: Path): 'any' | 'keys' {
  if (find === 'any' || find === 'keys') return find;
  const at = [...path, 'find'];
  const near = didYouMean(find, ['any', 'keys']);
  if (near !== '' && !LATER_FINDS.has(find))
    context.problems.error('ERR_POLICY_CHOICE', at, `expected any or keys${near} (sources by name are not built yet)`);
  else
    context.problems.error(
      'ERR_POLICY_NOT_BUILT',
      at,
      `"find: ${find}" is part of the language, but not built yet; use any or keys`,
    );
  return 'any';
}

/** In the order of the file: the places of one source must agree, so the order only tells which is looked at first. */
function placesOf(context: Context, source: SourceInput, path: Path): Places {
  const places: Places[number][] = [];
  for (const [word, written] of Object.entries(source)) {
    if (written === undefined || word === 'find' || word === 'keys' || word === 'certificate') continue;
    const place = placeOf(context, word, written, [...path, word]);
    if (place !== undefined) places.push(place);
  }
  return places;
}

function placeOf(context: Context, word: string, written: unknown, path: Path): Places[number] | undefined {
  switch (word) {
    case 'bearer':
    case 'basic':
      return { in: word, name: 'authorization', prefix: prefixOf(context, written, path) };
    case 'header':
      checkName(context, String(written), path);
      return { in: 'header', name: String(written).toLowerCase(), prefix: '' };
    case 'cookie':
      checkName(context, String(written), path);
      return { in: 'cookie', name: String(written), prefix: '' };
    case 'query':
      if (!/^[\u0021-\u007e]{1,64}$/.test(String(written)))
        context.problems.error('ERR_POLICY_NAME', path, 'expected the name of a query parameter');
      return { in: 'query', name: String(written), prefix: '' };
    default:
      return undefined;
  }
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
function checkUnlike(context: Context, sources: readonly IdentitySource[]): void {
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
