import { expect, it } from 'vitest';
import { HeadgateError, type Step } from '../../../src/core/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { manualClock } from '../../../src/testing/index.ts';
import { forwarded, gateOf, START, type Asked } from '../../gate-of.ts';
import { said } from '../ended.ts';
import { memosOf } from './with-memos.ts';

const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
operations: { job: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits:
  running: { concurrency: 1, per: key, on: job, hold: { id: response.body.id, lease: 10m, until: [poll] } }
  spent: { quota: 100/month, per: key, on: job, cost: { reserve: 5, actual: response.body.cost }, hold: { lease: 10m } }
endpoints: { own: { match: GET /limits } }
`;

/** Whatever follows from what has happened has followed. */
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function usedOf({ ask }: Asked): unknown {
  const handled = ask({ target: '/limits' });
  const { limits } = JSON.parse(handled.kind === 'answer' ? handled.body : '{}') as { limits: { used: number }[] }; // as it is told
  return limits.map(({ used }) => used);
}

it('what a job costs is settled by whoever knows it, though another process ends the job before that reached the store', async () => {
  const clock = manualClock({ wallMs: START, monotonicMs: START });
  const [memory, memos] = [memoryStore({ clock }), memosOf(clock)];
  let settles = false;
  const apply = (step: Step): ReturnType<typeof memory.apply> => {
    if (settles || step.op !== 'settle') return memory.apply(step);
    throw new HeadgateError('ERR_STORE', 'expected an answer, got none');
  };
  const start = (): Asked => gateOf(POLICY, { clock, store: { traits: memory.traits, memos, apply } });
  const [one, other] = [start(), start()];
  forwarded(one.ask({ method: 'POST', target: '/jobs' })).end(said({ id: 'a', cost: 1 }, 201));
  await turn();
  settles = true;
  forwarded(other.ask({ target: '/jobs/a' })).end(said({}));
  expect(usedOf(other)).toEqual([0, 5]);
  // Asked again, the store answers, and is told what it was not.
  one.ask({ target: '/limits' });
  await turn();
  expect(usedOf(other)).toEqual([0, 1]);
});
