import type { Channel } from '../../profile/index.ts';
import type { ChannelInput } from '../schema/meters.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { Context } from './context.ts';
import { compileSecret } from './secret.ts';
import { checkUrl } from './url.ts';

export type Channels = ReadonlyMap<string, Channel>;

/** Compiles the channels that are told. */
export function compileChannels(context: Context, given: PolicyInput['notify']): Channels {
  const channels = new Map<string, Channel>();
  for (const [name, input] of Object.entries(given ?? {})) {
    const channel = compileChannel(context, name, input);
    if (channel !== undefined) channels.set(name, channel);
  }
  return channels;
}

function compileChannel(context: Context, name: string, { log, webhook, secret }: ChannelInput): Channel | undefined {
  const path = ['notify', name];
  const say = (code: 'ERR_POLICY_MISSING' | 'ERR_POLICY_WORD', rule: string): void =>
    context.problems.error(code, path, rule, { value: null });
  if (log !== undefined && webhook !== undefined) say('ERR_POLICY_WORD', 'tells by one way; make them two channels');
  if (secret !== undefined && webhook === undefined) say('ERR_POLICY_WORD', '"secret" belongs to a webhook');
  if (log !== undefined) return { name, log };
  if (webhook !== undefined) {
    checkUrl(context, webhook, ['https:', 'http:'], [...path, 'webhook']);
    if (secret === undefined) return { name, webhook: { url: webhook } };
    return { name, webhook: { url: webhook, secret: compileSecret(context, secret, [...path, 'secret']) } };
  }
  if (!context.wasWritten(path, ['webhook', 'email', 'log']))
    say('ERR_POLICY_MISSING', 'expected how it is told, such as "log: warn"');
  return undefined;
}
