import type { Channel, Receiver } from '../../profile/index.ts';
import type { Path } from '../problem.ts';
import type { ChannelInput, ReceiverInput } from '../schema/meters.ts';
import type { PolicyInput } from '../schema/policy.ts';
import type { ValueLeaf } from '../schema/value.ts';
import { isMap } from '../schema/words.ts';
import { compileChoice } from './choice.ts';
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

function compileChannel(context: Context, name: string, given: ChannelInput): Channel | undefined {
  const { log, webhook, email, secret } = given;
  const path = ['notify', name];
  const say = (code: 'ERR_POLICY_MISSING' | 'ERR_POLICY_WORD', rule: string): void =>
    context.problems.error(code, path, rule, { value: null });
  if ([log, webhook, email].filter((way) => way !== undefined).length > 1)
    say('ERR_POLICY_WORD', 'tells by one way; make them two channels');
  if (secret !== undefined && webhook === undefined) say('ERR_POLICY_WORD', '"secret" belongs to a webhook');
  if (log !== undefined) return { name, log };
  if (email !== undefined) return { name, email: compileReceiver(context, email, MAILBOXES, [...path, 'email']) };
  if (webhook !== undefined) {
    const url = compileReceiver(context, webhook, URLS, [...path, 'webhook']);
    if (secret === undefined) return { name, webhook: { url } };
    return { name, webhook: { url, secret: compileSecret(context, secret, [...path, 'secret']) } };
  }
  if (!context.wasWritten(path, ['webhook', 'email', 'log']))
    say('ERR_POLICY_MISSING', 'expected how it is told: "log", "webhook" or "email"');
  return undefined;
}

/** What texts of one way look like. */
interface Texts {
  /** Whether it is one, and not an expression. */
  readonly is: (text: string) => boolean;
  readonly check: (context: Context, text: string, path: Path) => void;
}

const URLS: Texts = {
  is: (text) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text),
  check: (context, text, path) => checkUrl(context, text, ['https:', 'http:'], path),
};

const MAILBOX = /^[^\s@,;:<>()[\]\\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])$/;
const MAILBOXES: Texts = {
  is: (text) => text.includes('@'),
  check: (context, text, path) => {
    if (!MAILBOX.test(text))
      context.problems.error('ERR_POLICY_URL', path, 'expected one mailbox, such as ops@api.example');
  },
};

function compileReceiver(context: Context, given: ReceiverInput, texts: Texts, path: Path): Receiver {
  if (isMap(given) && Object.hasOwn(given, 'env')) {
    const found = compileSecret(context, given as { env: string }, path); // the schema has looked
    return 'env' in found ? found : { env: '' };
  }
  return compileChoice<ValueLeaf, Leaf>(context, given, path, (leaf, at) => {
    const text = String(leaf).trim();
    if (!texts.is(text)) return { is: 'expr', expr: context.expression(text, at) };
    texts.check(context, text, at);
    return { is: 'literal', value: text };
  });
}

type Leaf = Extract<Receiver, { is: 'expr' | 'literal' }>;
