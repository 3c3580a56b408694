import type { Channel, CompiledPolicy, Literal, Subject } from '../../profile/index.ts';
import { outsideOf, type Outside } from '../outside.ts';
import { secretOf } from '../identify/find/sent.ts';
import { Courier, type Address, type CourierOptions, type Message } from './courier.ts';
import type { Notice } from './notices.ts';
import type { Overage } from './overages.ts';

/** What a policy tells web hooks. */
export interface Messages {
  notice(notice: Notice, subject: Subject): void;
  overage(overage: Overage, channels: readonly Channel[], subject: string): void;
}

export interface MessagesOptions {
  readonly policy: CompiledPolicy;
  readonly courier: Courier;
  readonly env: Outside['env'];
}

/** Whether any message of this policy goes to a web hook. */
export function sendsMessages({ limits }: CompiledPolicy): boolean {
  return limits.some(({ ladder = [] }) =>
    ladder.some(({ action }) => 'channels' in action && action.channels.some((channel) => 'webhook' in channel)),
  );
}

/** @throws HeadgateError `ERR_SECRET` for a variable that is not set */
export function createMessages({ policy, courier, env }: MessagesOptions): Messages {
  const addresses = new Map<string, Address>();
  for (const channel of channelsOf(policy))
    if ('webhook' in channel) addresses.set(channel.name, addressOf(channel, env));
  const isSecret = secretAttributes(policy);

  function send(channel: Channel, message: Message): void {
    const address = addresses.get(channel.name);
    if (address !== undefined) courier.send(address, message);
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
      send(channel, {
        type: 'limit.reached',
        timestamp: new Date().toISOString(),
        data: { policy: policy.name, ...data, since, who: who(subject) },
      });
    },
    overage({ subject, atMs, ...about }, channels, hash) {
      const data = { policy: policy.name, ...about, subject: hash, who: who(subject) };
      for (const channel of channels)
        send(channel, { type: 'limit.overage', timestamp: new Date(atMs).toISOString(), data });
    },
  };
}

function channelsOf({ limits }: CompiledPolicy): readonly Channel[] {
  return limits.flatMap(({ ladder = [] }) =>
    ladder.flatMap(({ action }) => ('channels' in action ? action.channels : [])),
  );
}

function addressOf(
  { name, webhook: { url, secret } }: Extract<Channel, { webhook: unknown }>,
  env: Outside['env'],
): Address {
  return { url, secret: secret === undefined ? undefined : secretOf(secret, env, `notify.${name}.secret`) };
}

/** A token tells who it is for; any other credential is one by which anybody could ask. */
function secretAttributes({ identify }: CompiledPolicy): (name: string) => boolean {
  const shown = new Set(['address', ...identify.filter(({ find }) => find.is !== 'jwt').map(({ name }) => name)]);
  return (name) => shown.has(name);
}

/** One by the platform's own means, but for what is given. */
export function createCourier(onTrouble: CourierOptions['onTrouble'], given: Partial<Outside> = {}): Courier {
  const { fetch, deadline } = outsideOf(given);
  return new Courier({ fetch, deadline, nowMs: () => Date.now(), later, onTrouble });
}

/** Nothing is kept alive for it. */
function later(afterMs: number, work: () => void): () => void {
  const timer = setTimeout(work, afterMs);
  (timer as { unref?: () => void }).unref?.(); // a number where there is nothing to keep alive
  return () => clearTimeout(timer);
}
