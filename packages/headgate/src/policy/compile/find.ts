import type { Find, FoundAttribute, Literal } from '../../profile/index.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../problem.ts';
import { nameProblem } from '../read/names.ts';
import type { SourceInput } from '../schema/identify.ts';
import { isMap } from '../schema/words.ts';
import type { Context } from './context.ts';
import { compileDirectory } from './directory.ts';
import { compileIssuer, pointerOf } from './jwt.ts';
import { attributeProblem, checkValue, compileKeys } from './keys.ts';
import { listOf } from './lists.ts';

const BUILT_IN = ['any', 'keys', 'jwt', 'http'];
/** Issuers that one source may take tokens of. */
const MAX_ISSUERS = 32;

/** Compiles how a source looks its credentials up. */
export function compileFind(context: Context, name: string, source: SourceInput, path: Path): Find {
  const { find } = source;
  checkBelongs(context, source, path);
  switch (find) {
    case 'any':
      return { is: 'any' };
    case 'keys':
      return { is: 'keys', keys: compileKeys(context, name, source.keys, [...path, 'keys']) };
    case 'jwt':
      return { is: 'jwt', issuers: issuersOf(context, source, path) };
    case 'http':
      return directoryOf(context, source, path);
    default:
      return functionOf(context, find, [...path, 'find']);
  }
}

/** What a way of looking up is given stands beside it and nothing else: a word that is never read is a mistake. */
function checkBelongs(context: Context, source: SourceInput, path: Path): void {
  for (const word of ['keys', 'jwt', 'http'] as const) {
    if (source[word] === undefined || source.find === word) continue;
    const code = word === 'keys' ? 'ERR_POLICY_KEYS' : 'ERR_POLICY_WORD';
    context.problems.error(code, [...path, word], `belongs to "find: ${word}", and this is "find: ${source.find}"`, {
      value: null,
    });
  }
  if (source.attributes !== undefined && (source.find === 'any' || source.find === 'keys')) {
    const rule = source.find === 'any' ? 'nothing is found by "find: any"' : 'write the attributes beside each key';
    context.problems.error('ERR_POLICY_WORD', [...path, 'attributes'], rule, { value: null });
  }
}

function issuersOf(context: Context, { jwt }: SourceInput, path: Path): Extract<Find, { is: 'jwt' }>['issuers'] {
  const given = listOf(jwt, [...path, 'jwt']);
  if (given.length === 0 && !context.wasWritten(path, ['jwt']))
    context.problems.error('ERR_POLICY_MISSING', path, '"find: jwt" needs jwt: { issuer: …, audience: …, jwks: … }', {
      value: null,
    });
  if (given.length > MAX_ISSUERS)
    context.problems.error('ERR_POLICY_RANGE', [...path, 'jwt'], `expected at most ${MAX_ISSUERS} issuers`);
  const seen = new Set<string>();
  for (const { item, path: at } of given) {
    if (seen.has(item.issuer))
      context.problems.error('ERR_POLICY_DUPLICATE', [...at, 'issuer'], 'stands above already; keep one');
    seen.add(item.issuer);
  }
  return given.map(({ item, path: at }) => compileIssuer(context, item, at));
}

function directoryOf(context: Context, { http }: SourceInput, path: Path): Find {
  if (http !== undefined) return { is: 'http', directory: compileDirectory(context, http, [...path, 'http']) };
  if (!context.wasWritten(path, ['http']))
    context.problems.error('ERR_POLICY_MISSING', path, '"find: http" needs http: { url: … }', { value: null });
  return { is: 'any' };
}

function functionOf(context: Context, name: string, path: Path): Find {
  const near = didYouMean(name, BUILT_IN);
  const problem = nameProblem(name, 'name');
  if (near !== '')
    context.problems.error(
      'ERR_POLICY_CHOICE',
      path,
      `expected any, keys, jwt or http${near}, or a function whose name is less like these`,
    );
  else if (problem !== undefined) context.problems.error('ERR_POLICY_NAME', path, problem);
  else
    context.problems.warn(
      'WARN_POLICY_FINDER',
      path,
      `"${name}" is a function that the program around the gate must register; the headgate command has none`,
      { value: null },
    );
  return { is: 'function', name };
}

/** Compiles what a subject gets of what was found. */
export function compileFound(
  context: Context,
  source: string,
  given: SourceInput['attributes'],
  path: Path,
): readonly FoundAttribute[] {
  return Object.entries(given ?? {}).map(([name, from]) => {
    const at = [...path, name];
    const wrong = attributeProblem(name, [source, 'auth', 'address']);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', at, wrong, { value: null, onName: true });
    if (!isMap(from)) return { name, at: pointerOf(context, from, at) };
    return { name, at: pointerOf(context, from.at, [...at, 'at']), ...defaultOf(context, name, from.default, at) };
  });
}

function defaultOf(context: Context, name: string, value: Literal | undefined, path: Path): { default?: Literal } {
  if (value === undefined) return {};
  checkValue(context, name, value, [...path, 'default']);
  return { default: value };
}
