import type { Channel, Elect, Message } from './wire.ts';

/** A `BroadcastChannel`: the tabs and workers of one origin, and the threads of one Node process. */
export function broadcast(name: string): Channel {
  const channel = new BroadcastChannel(name);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel is of one origin
    post: (message) => channel.postMessage(message),
    listen: (hear) => {
      const heard = (event: MessageEvent<Message>): void => hear(event.data);
      channel.addEventListener('message', heard);
      return () => {
        channel.removeEventListener('message', heard);
        channel.close();
      };
    },
  };
}

/** Whoever holds a lock of the Web Locks API leads; a tab that is closed or crashes lets go of it. */
export const electByLock =
  (name: string): Elect =>
  (lead) => {
    const controller = new AbortController();
    const held = (): Promise<void> => {
      lead();
      return new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve()));
    };
    navigator.locks.request(name, { signal: controller.signal }, held).catch(() => {});
    return () => controller.abort();
  };
