import { expect, it } from 'vitest';
import type { Port } from '../../src/stores/redis/port/client.ts';
import { scriptOf } from '../../src/stores/redis/port/script.ts';
import { Sender } from '../../src/stores/redis/port/sender.ts';

const SCRIPT = scriptOf('return 1');

/** A Redis that answers when it is told to, at a time that is moved by hand. */
class Slow {
  nowMs = 0;
  readonly answers: (() => void)[] = [];
  readonly #port: Port = {
    isCluster: false,
    nodeOf: () => '',
    isReady: () => true,
    onReady: () => () => undefined,
    run: () => new Promise((resolve) => this.answers.push(() => resolve(1))),
  };
  readonly sender: Sender = new Sender(
    this.#port,
    () => this.nowMs,
    () => undefined,
  );

  get hasRoom(): boolean {
    return this.sender.room().take('');
  }

  send(): void {
    void this.sender.send('', SCRIPT, [], []);
  }

  async answer(which: number): Promise<void> {
    this.answers[which]?.();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

it('a Redis that says nothing is asked nothing more until it does', async () => {
  const slow = new Slow();
  slow.send();
  slow.nowMs = 250;
  expect(slow.hasRoom).toBe(true);
  slow.nowMs = 251;
  expect(slow.hasRoom).toBe(false);
  await slow.answer(0);
  expect(slow.hasRoom).toBe(true);
});

it('but for one call in two seconds, since what it owes may wait elsewhere', async () => {
  const slow = new Slow();
  slow.send();
  slow.nowMs = 2001;
  const room = slow.sender.room();
  expect([room.take(''), room.take('')]).toEqual([true, false]);
  slow.send();
  expect(slow.hasRoom).toBe(false);
  // The first is never answered; whoever answers the second answers.
  await slow.answer(1);
  slow.nowMs = 9000;
  expect(slow.hasRoom).toBe(true);
  slow.send();
  slow.nowMs += 200;
  expect(slow.hasRoom).toBe(true);
});
