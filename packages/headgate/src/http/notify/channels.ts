import { HeadgateError } from '../../core/index.ts';
import type { Channel, CompiledPolicy, Literal, Scope, Subject } from '../../profile/index.ts';
import { outsideOf, type Outside } from '../outside.ts';
import { secretOf } from '../identify/find/sent.ts';
import { Courier, type Address, type CourierOptions, type Message } from './courier.ts';
import { MAILTO } from './mail.ts';
import type { Notice } from './notices.ts';
import type { Overage } from './overages.ts';
import { isMailbox, isOutside, whomOf } from './whom.ts';

/** What a policy tells web hooks. */
export interface Messages {
  notice(notice: Notice, subject: Subject): void;
  overage(overage: Overage, channels: readonly Channel[], subject: string): void;
}

export interface MessagesOptions {
  readonly policy: CompiledPolicy;
  readonly courier: Courier;
  readonly env: Outside['env'];
  /** What values that say who is told are worked out over. */
  readonly scopeOf: (subject: Subject) => Scope;
  /** Told of what could not be sent to anybody. */
  readonly onNobody: (channel: string, subject: Subject) => void;
}

/** Whether any message of this policy goes to a web hook, or by mail. */
export function sendsMessages({ limits }: CompiledPolicy): boolean {
  return limits.some(({ ladder = [] }) =>
    ladder.some(({ action }) => 'channels' in action && action.channels.some((channel) => !('log' in channel))),
  );
}

/**
 * @throws HeadgateError `ERR_SECRET` for a variable that is not set, `ERR_MAIL` where mail is to be sent and nobody sends any
 */
export function createMessages({ policy, courier, env, scopeOf, onNobody }: MessagesOptions): Messages {
  const receivers = new Map<string, AddressOf>();
  for (const channel of channelsOf(policy)) {
    if ('email' in channel && !courier.sendsMail) throw nobodySends(channel.name);
    if (!('log' in channel)) receivers.set(channel.name, addressOf(channel, env));
  }
  const isSecret = secretAttributes(policy);

  function send(channel: Channel, message: Message, subject: Subject): void {
    const find = receivers.get(channel.name);
    if (find === undefined) return;
    const address = find(() => scopeOf(subject));
    if (address === undefined) onNobody(channel.name, subject);
    else courier.send(address, message);
  }

  /** Who it is about: what is known of it, but for what it showed, and from where. */
  function who(subject: Subject): Record<string, Literal> {
    const told = Object.entries(subject).filter(([name, value]) => value !== undefined && !isSecret(name));
    return Object.fromEntries(told) as Record<string, Literal>; // what is undefined was left out
  }

  return {
    notice({ channel, ...about }, subject) {
      const { periodAtMs, ...data } = about;
      const since = new Date(periodAtMs).toISOString();
      send(
        channel,
        {
          type: 'limit.reached',
          timestamp: new Date().toISOString(),
          data: { policy: policy.name, ...data, since, who: who(subject) },
        },
        subject,
      );
    },
    overage({ subject, atMs, ...about }, channels, hash) {
      const data = { policy: policy.name, ...about, subject: hash, who: who(subject) };
      for (const channel of channels)
        send(channel, { type: 'limit.overage', timestamp: new Date(atMs).toISOString(), data }, subject);
    },
  };
}

function channelsOf({ limits }: CompiledPolicy): readonly Channel[] {
  return limits.flatMap(({ ladder = [] }) =>
    ladder.flatMap(({ action }) => ('channels' in action ? action.channels : [])),
  );
}

type AddressOf = (scope: () => Scope) => Address | undefined;

function addressOf(channel: Exclude<Channel, { log: unknown }>, env: Outside['env']): AddressOf {
  const { name } = channel;
  if ('email' in channel) {
    const whom = whomOf(channel.email, env, `notify.${name}.email`, isMailbox);
    return (scope) => mailTo(whom(scope)?.text);
  }
  const { url, secret } = channel.webhook;
  const signing = secret === undefined ? undefined : secretOf(secret, env, `notify.${name}.secret`);
  const whom = whomOf(url, env, `notify.${name}.webhook`, isOutside);
  return (scope) => {
    const found = whom(scope);
    return found && { url: found.text, secret: signing, isForeign: found.isForeign };
  };
}

function mailTo(mailbox: string | undefined): Address | undefined {
  return mailbox === undefined ? undefined : { url: `${MAILTO}${mailbox}`, secret: undefined };
}

function nobodySends(name: string): HeadgateError {
  const rule = 'expected somebody who sends mail: `headgate serve --smtp`, or `mail` of the gate';
  return new HeadgateError('ERR_MAIL', `notify.${name}.email: ${rule}`);
}

/** A token tells who it is for; any other credential is one by which anybody could ask. */
function secretAttributes({ identify }: CompiledPolicy): (name: string) => boolean {
  const shown = new Set(['address', ...identify.filter(({ find }) => find.is !== 'jwt').map(({ name }) => name)]);
  return (name) => shown.has(name);
}

/** One by the platform's own means, but for what is given. */
export function createCourier(
  onTrouble: CourierOptions['onTrouble'],
  given: Partial<Outside & Pick<CourierOptions, 'fetchOutside' | 'mail'>> = {},
): Courier {
  const { fetch, deadline } = outsideOf(given);
  const { mail, fetchOutside } = given;
  return new Courier({ fetch, fetchOutside, mail, deadline, nowMs: () => Date.now(), later, onTrouble });
}

/** Nothing is kept alive for it. */
function later(afterMs: number, work: () => void): () => void {
  const timer = setTimeout(work, afterMs);
  (timer as { unref?: () => void }).unref?.(); // a number where there is nothing to keep alive
  return () => clearTimeout(timer);
}
