import type { CompiledPolicy, IdentitySource } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { SourceInput } from '../schema/identify.ts';
import type { Context } from './context.ts';
import { compileFind, compileFound } from './find.ts';
import { checkUnlike, placesOf } from './places.ts';

/** Compiles `identify`: the sources in order, and whether anybody else is let in by address. */
export function compileIdentify(
  context: Context,
  { identify, address }: PolicyInput,
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
  if (address?.trust === undefined) checkTrusted(context, sources);
  checkUnlike(context, sources);
  return { identify: sources, anonymous };
}

function compileSource(context: Context, name: string, source: SourceInput, path: Path): IdentitySource {
  if (['anonymous', 'auth', 'address', 'plan'].includes(name)) {
    const rule =
      name === 'anonymous' ? 'expected "anonymous: true"' : `"${name}" is an attribute that every caller has already`;
    context.problems.error('ERR_POLICY_NAME', path, rule, { value: null, onName: true });
  }
  return {
    name,
    from: source.from ?? 'anyone',
    places: placesOf(context, source, path),
    find: compileFind(context, name, source, path),
    attributes: compileFound(context, name, source.attributes, [...path, 'attributes']),
  };
}

/** A header is a proxy's word only where a proxy is named: else nobody is ever believed. */
function checkTrusted(context: Context, sources: readonly IdentitySource[]): void {
  for (const { name, from } of sources) {
    if (from !== 'proxy' || context.wasWritten(['address'], ['trust'])) continue;
    const rule = 'needs "address: { trust: [ … ] }": a header that anybody may send says nothing of who asks';
    context.problems.error('ERR_POLICY_TRUST', ['identify', name, 'from'], rule);
  }
}
