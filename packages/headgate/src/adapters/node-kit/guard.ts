import { Guard, type AnyStore, type Options, type Spec } from '../kit/index.ts';

/**
 * A guard that hashes by the platform's own means, so that none need be brought. They are asked for, and not imported: Hono loads this
 * kit on platforms that are not Node, too.
 * @param entry the function that a program calls to make it
 */
export function nodeGuard(spec: Spec, options: Options<never, AnyStore>, entry: unknown): Guard {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return new Guard(spec, options, { entry, sha256: (text) => createHash('sha256').update(text).digest('hex') });
}
