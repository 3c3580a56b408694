import type { Channel } from '../../profile/index.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';

export type Channels = ReadonlyMap<string, Channel>;

/** Compiles the channels that are told. */
export function compileChannels(context: Context, given: PolicyInput['notify']): Channels {
  const channels = new Map<string, Channel>();
  for (const [name, { log }] of Object.entries(given ?? {})) {
    const path = ['notify', name];
    if (log !== undefined) channels.set(name, { name, log });
    else if (!context.wasWritten(path, ['webhook', 'email', 'log']))
      context.problems.error('ERR_POLICY_MISSING', path, 'expected how it is told, such as "log: warn"', {
        value: null,
      });
  }
  return channels;
}
