/* oxlint-disable no-await-in-loop -- one after another */
import { describe, expect, it } from 'vitest';
import type { Spec } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { closeAfterwards } from './set-up.ts';
import { BODY, SEVERAL } from './several-gates.ts';

const QUIET = { onWarning: (): void => undefined };

interface Refusal {
  readonly 'violated-policies'?: readonly string[];
}

const policyOf = (rest: string): Spec => parsePolicy(`headgate: 1\nidentify: { anonymous: true }\n${rest}`);
const HOLDS = policyOf('limits: { running: { concurrency: 1, per: address } }');
const TIMED = policyOf(`
limits: { seconds: { rate: 100/hour, algorithm: fixed, per: address, cost: { reserve: 1, actual: 'response.ms < 60000 ? 2 : 90' } } }
respond: { headers: { of: seconds, fields: { Left: '{remaining}' } } }
`);
const RESERVES = policyOf(`
limits: { tokens: { rate: 25/hour, algorithm: fixed, per: address, cost: { reserve: 10, actual: 'response.ok ? 3 : 9' } } }
`);
const WRITES = policyOf(`
limits: { calls: { rate: 9/minute, per: address } }
respond: { merge: { of: calls, at: /limits, body: { left: '{remaining}' } } }
`);

describe.each(Object.entries(SEVERAL))('of several gates in %s', (_, make) => {
  const asking = async (...specs: readonly Spec[]): Promise<() => Promise<Response>> => {
    const { url, close } = await make(specs, QUIET);
    closeAfterwards(close);
    return () => fetch(url);
  };

  it.each([
    ['the last', ['100/minute', HOLDS]],
    ['the first', [HOLDS, '100/minute']],
    ['the one between', ['100/minute', HOLDS, { limits: { other: '100/minute' } }]],
  ] as const)('%s may hold something, which is free by the time that its answer is read', async (__, specs) => {
    const ask = await asking(...specs);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await ask()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });

  it('the first is owed nothing for what the last refuses, which no handler sees', async () => {
    const ask = await asking(RESERVES, { limits: { few: '1/minute' } });
    const refusedBy: unknown[] = [];
    for (let i = 0; i < 5; i++) refusedBy.push(((await (await ask()).json()) as Refusal)['violated-policies']);
    expect(refusedBy).toEqual([undefined, ['few'], ['few'], ['few'], ['few']]);
  });

  it('the last may count how long a request took, since it came', async () => {
    const ask = await asking('100/minute', TIMED);
    const left: (string | null)[] = [];
    for (let i = 0; i < 3; i++) left.push((await ask()).headers.get('left'));
    expect(left).toEqual(['99', '97', '95']);
  });

  it('the last may write into a body', async () => {
    const ask = await asking('100/minute', WRITES);
    expect(await (await ask()).json()).toEqual({ limits: { left: 8 }, ...BODY });
  });
});
