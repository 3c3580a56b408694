import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/core/index.ts';
import { memoryStore } from '../../../src/stores/memory/index.ts';
import { manualClock } from '../../../src/testing/index.ts';
import type { Forward, Report } from '../../../src/http/index.ts';
import { answered, forwarded, gateOf, START, type Asked } from '../../gate-of.ts';
import { said } from '../ended.ts';
import { failingMemos, memosOf, sharedStore } from './with-memos.ts';

const POLICY = `
identify: { key: { header: X-API-Key, find: any } }
operations: { job: { match: POST /jobs }, poll: { match: GET /jobs/:id } }
limits:
  running: { concurrency: 1, per: key, on: job, hold: { id: response.body.id, lease: 10m, until: [poll] } }
`;
const JOB = { method: 'POST', target: '/jobs' };
const POLL = { target: '/jobs/a' };

interface World {
  readonly reports: string[];
  readonly wait: (forMs: number) => void;
  readonly memos: ReturnType<typeof memosOf>;
  /** A process that begins now. */
  readonly start: () => Asked;
  /** Whether memos can be asked. */
  readonly can: { be: boolean };
}

function world(): World {
  const clock = manualClock({ wallMs: START, monotonicMs: START });
  const [memory, memos, can] = [memoryStore({ clock }), memosOf(clock), { be: true }];
  const store = {
    traits: memory.traits,
    memos: failingMemos(memos, can),
    apply: (step: Step) => memory.apply(step),
  };
  const reports: string[] = [];
  const onReport = ({ is }: Report): void => void reports.push(is);
  const start = (): Asked => gateOf(POLICY, { clock, store, onReport });
  return { memos, can, reports, start, wait: (forMs) => clock.advance(forMs) };
}

/** Whether another job can begin; one that does is given up at once. */
function isFree({ ask }: Asked): boolean {
  const handled = ask(JOB);
  if (handled.kind === 'forward') handled.end({ ...said({}), status: undefined, reached: false });
  return handled.kind === 'forward';
}

function begin({ ask }: Asked): void {
  forwarded(ask(JOB)).end(said({ id: 'a' }, 201));
}

function poll({ ask }: Asked): void {
  forwarded(ask(POLL)).end(said({}));
}

describe('a job whose store cannot be asked for memos', () => {
  it.each([
    ['when it begins', false, true],
    ['when it ends', true, false],
    ['at all', false, false],
  ])('%s is ended by the process that began it', (_, beginning, ending) => {
    const { can, start } = world();
    const gate = start();
    can.be = beginning;
    begin(gate);
    expect(isFree(gate)).toBe(false);
    can.be = ending;
    poll(gate);
    expect(isFree(gate)).toBe(true);
    can.be = true;
    poll(gate);
    expect([isFree(gate), isFree(start())]).toEqual([true, true]);
  });
});

describe('a lease that ends', () => {
  it.each([
    ['as it was noted', true],
    ['as it could not be', false],
  ])('is reported by the process that began it, %s, and by no other', (_, can) => {
    const w = world();
    const [gate, other] = [w.start(), w.start()];
    w.can.be = can;
    begin(gate);
    w.can.be = true;
    w.wait(601_000);
    for (const each of [other, gate, gate]) each.gate.tend();
    expect([isFree(gate), w.reports]).toEqual([true, ['lapsed']]);
  });

  it('is no news where another process has ended what it was about', () => {
    const w = world();
    const [gate, other] = [w.start(), w.start()];
    begin(gate);
    poll(other);
    expect(isFree(gate)).toBe(true);
    w.wait(601_000);
    gate.gate.tend();
    expect([w.reports, gate.gate.held(), w.memos.size()]).toEqual([[], { reservations: 0, named: 0 }, 0]);
  });
});

describe('an end that another process hears of first', () => {
  const LIST = `
identify: { key: { header: X-API-Key, find: any } }
operations: { list: { match: POST /lists }, poll: { match: GET /jobs/:id } }
limits:
  listed: { concurrency: 3, per: key, on: list, cost: 3, hold: { id: response.body.ids, lease: 10m, until: [poll] } }
endpoints: { own: { match: GET /limits } }
`;

  async function settled(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop -- one turn after another
    for (let i = 0; i < 100; i++) await Promise.resolve();
  }

  function several(): { readonly starts: () => Asked; readonly wait: (ms: number) => void } {
    const clock = manualClock({ wallMs: START, monotonicMs: START });
    const store = sharedStore(memoryStore({ clock }), memosOf(clock), 20);
    return { starts: () => gateOf(LIST, { clock, store }), wait: (ms) => clock.advance(ms) };
  }

  async function listing({ wait }: Asked): Promise<Forward> {
    return forwarded(await wait({ method: 'POST', target: '/lists' }));
  }

  async function ask({ wait }: Asked, id: string): Promise<Forward> {
    return forwarded(await wait({ target: `/jobs/${id}` }));
  }

  async function polled(asked: Asked, id: string): Promise<void> {
    (await ask(asked, id)).end(said({}));
    await settled();
  }

  async function used({ wait }: Asked): Promise<unknown> {
    const { limits } = answered(await wait({ target: '/limits' })).json() as { limits: { used: number }[] }; // as documented
    return limits[0]?.used;
  }

  it('is of one alone, where it is one of several that are named in the same turn', async () => {
    const { starts } = several();
    const [a, b] = [starts(), starts()];
    const job = await listing(a);
    const polls = [await ask(a, 'x'), await ask(b, 'y')];
    job.end(said({ ids: ['x', 'y', 'z'] }, 201));
    for (const one of polls) one.end(said({}));
    await settled();
    expect(await used(b)).toBe(1);
  });

  it.each([
    ['ends what was under way then', 'before', 0],
    ['ends nothing that began later by the same id', 'after', 3],
    ['is remembered for a minute', 'long before', 3],
  ])('%s', async (_, when, expected) => {
    const { starts, wait } = several();
    const [a, b] = [starts(), starts()];
    if (when === 'after') await polled(b, 'x');
    wait(1);
    const job = await listing(a);
    wait(1);
    if (when !== 'after') await polled(b, 'x');
    wait(when === 'long before' ? 60_000 : 59_999);
    job.end(said({ ids: 'x' }, 201));
    await settled();
    expect(await used(b)).toBe(expected);
  });
});

describe('a memo that is none of ours', () => {
  it.each([
    '',
    'nonsense',
    '[',
    '[]',
    '{}',
    '[{"units":1,"of":"{\\"format\\":2}\\n{}"}]',
    '[{"units":1,"of":"{\\"format\\":1}\\n{}"}]',
    '[null]',
    '@',
    '@x',
    '7',
  ])('ends nothing, and harms nobody: %j', async (text) => {
    const { memos, start } = world();
    const before = start();
    begin(before);
    const gate = start();
    void memos.put('n running a', text, 60_000, 0);
    void memos.put('r id', text, 60_000, 0);
    poll(gate);
    expect(isFree(gate)).toBe(false);
    expect(await gate.gate.resolve('id', 'cancel')).toBe('unknown');
  });
});
