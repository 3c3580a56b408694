import type { ListedKey, Literal } from '../../profile/index.ts';
import { nameProblem, wordsProblem } from '../read/names.ts';
import type { SourceInput } from '../schema/identify.ts';
import type { Path } from '../problem.ts';
import type { Context } from './context.ts';

const HASHED = /^sha256:[0-9a-fA-F]{64}$/;
/** What can be sent as a token or a header value: a space ends a token, a comma a value (RFC 9110 5.3). */
const SENDABLE = /^[\u0021-\u002b\u002d-\u007e]{1,512}$/;

/** Compiles the keys of one source. A key that stands there as text is warned of: whoever reads the policy has it. */
export function compileKeys(
  context: Context,
  source: string,
  keys: SourceInput['keys'],
  path: Path,
): readonly ListedKey[] {
  const entries = Object.entries(keys ?? {});
  if (entries.length === 0) {
    context.problems.error(
      'ERR_POLICY_KEYS',
      path.slice(0, -1),
      '"find: keys" needs keys: { "sha256:…": { plan: …, account: … } }',
      { value: null },
    );
  }
  const seen = new Set<string>();
  return entries.map(([key, attributes]) => {
    const at = [...path, key];
    checkKey(context, key, at);
    checkOnce(context, key, seen, at);
    checkAttributes(context, source, attributes, at);
    return { key: HASHED.test(key) ? key.toLowerCase() : key, attributes };
  });
}

function checkKey(context: Context, key: string, path: Path): void {
  const say = { value: null, onName: true };
  if (HASHED.test(key)) return;
  if (/^sha256:/i.test(key))
    return context.problems.error('ERR_POLICY_KEYS', path, 'expected "sha256:" and 64 hex digits', say);
  if (!SENDABLE.test(key))
    return context.problems.error(
      'ERR_POLICY_KEYS',
      path,
      'expected 1 to 512 printable characters, no space or comma among them: nobody could send this key',
      say,
    );
  context.problems.warn(
    'WARN_POLICY_KEY',
    path,
    'stands here as plain text; write "sha256:" and the hex digits of its SHA-256 instead',
    say,
  );
}

/** Digests are the same in capitals; the rest of a list has no name twice. */
function checkOnce(context: Context, key: string, seen: Set<string>, path: Path): void {
  const same = HASHED.test(key) ? key.toLowerCase() : key;
  if (seen.has(same))
    context.problems.error('ERR_POLICY_DUPLICATE', path, 'is the same key as one above it; keep one', {
      value: null,
      onName: true,
    });
  seen.add(same);
}

function checkAttributes(
  context: Context,
  source: string,
  attributes: Readonly<Record<string, Literal>>,
  path: Path,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    const at = [...path, name];
    const wrong = attributeProblem(name, [source, 'auth', 'address']);
    if (wrong !== undefined) context.problems.error('ERR_POLICY_NAME', at, wrong, { value: null, onName: true });
    checkValue(context, name, value, at);
  }
}

/** Whether an attribute may have this value: a plan is one of those declared, a text one line. */
export function checkValue(context: Context, name: string, value: Literal, path: Path): void {
  if (name === 'plan' && context.names.plans.length > 0)
    context.isKnown('plan', String(value), context.names.plans, path);
  const unreadable = typeof value === 'string' ? wordsProblem(value) : undefined;
  if (unreadable !== undefined) context.problems.error('ERR_POLICY_TYPE', path, unreadable);
}

/** An attribute may be a dotted path: `account.seats`. */
export function attributeProblem(name: string, reserved: readonly string[] = []): string | undefined {
  for (const step of name.split('.')) {
    const wrong = nameProblem(step, 'name');
    if (wrong !== undefined) return wrong;
  }
  return reserved.includes(name) ? `"${name}" is told by identification itself` : undefined;
}
