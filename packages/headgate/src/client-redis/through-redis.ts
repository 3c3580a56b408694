import type { Channel, Elect, Message } from '../client/index.ts';
import { Lease } from './lease.ts';
import { portOf, type RedisClient } from './port.ts';

/** What `share` asks for, among processes that reach one Redis. */
export interface ThroughRedis {
  readonly channel: Channel;
  readonly elect: Elect;
}

/**
 * A channel of publish and subscribe, and a key with a lifetime that says who leads, both called `headgate:share:NAME`. `client` is
 * yours (ioredis, or node-redis 5 and later; connected) and sends; what is heard comes over a duplicate of it. While Redis does not
 * answer, each process paces itself alone. Who can publish there can hold requests up.
 * @throws TypeError when it is neither client
 */
export function throughRedis(client: RedisClient, name: string): ThroughRedis {
  const port = portOf(client);
  const [self, place] = [crypto.randomUUID(), `headgate:share:${name}`];
  const hearing = new Set<(message: Message) => void>();
  const hear = (message: Message): void => hearing.forEach((one) => one(message));
  let subscribed = false;

  const elect: Elect = (lead, follow) => {
    const lease = new Lease(port, place, self, { lead, follow, askAgain: () => hear({ is: 'lead', from: '' }) });
    const heard = (text: string): void => {
      const message = text.startsWith(self) ? undefined : messageIn(text.slice(self.length));
      if (message) hear(message);
    };
    const unsubscribe = port.subscribe(place, heard, () => {
      subscribed = true;
      lease.hears();
    });
    return () => {
      unsubscribe();
      lease.stop();
    };
  };

  /** Before anything can be heard, nothing is said: whoever waits asks again once it can. */
  const post = (message: Message): void => {
    if (subscribed && port.isReady()) port.send('PUBLISH', place, `${self}${JSON.stringify(message)}`).catch(() => {});
  };
  return { channel: { post, listen: (one) => (hearing.add(one), () => hearing.delete(one)) }, elect };
}

/** A channel is open to all who reach this Redis: whatever is no message is passed over. */
function messageIn(text: string): Message | undefined {
  try {
    const said = JSON.parse(text) as Message | null; // of whoever wrote it
    return said?.is ? said : undefined;
  } catch {
    return undefined;
  }
}
