import { createServer } from 'node:http';
import express5 from 'express';
import { describe, expect, it } from 'vitest';
import { express } from '../../src/adapters/express/index.ts';
import type { Spec, Warning } from '../../src/adapters/kit/index.ts';
import { parsePolicy } from '../../src/policy/index.ts';
import { manualClock } from '../../src/testing/index.ts';
import { listening } from './framework.ts';
import { closeAfterwards } from './set-up.ts';
import { SEVERAL } from './several-gates.ts';

interface Told {
  readonly names: readonly string[];
  readonly policies: readonly string[];
  readonly refusal: { readonly 'violated-policies'?: readonly string[]; readonly detail?: string };
}

/** Names of the items of a list (RFC 9651 3.1). */
const namesIn = (field: string | null): string[] =>
  [...(field ?? '').matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);

const policyOf = (rest: string): Spec => parsePolicy(`headgate: 1\nidentify: { anonymous: true }\n${rest}`);
/** Tells of its limit, and by no name. */
const NAMELESS = policyOf(
  'limits: { limit: { rate: 9/minute, per: address } }\nrespond: { headers: { of: limit, dialect: x-ratelimit } }',
);
const PERIODS = policyOf(
  'limits: { limit: { quota: 9/day, per: address } }\nrespond: { headers: { of: limit, dialect: ratelimit } }',
);
const HALVES = { limits: { limit: '9/500ms' } };
const NAMED = { limits: { 'limit-5-60s': '7/minute', limit: '5/minute' } };

describe.each(Object.entries(SEVERAL))('limits of several gates in %s', (_, make) => {
  async function asking(specs: readonly Spec[]): Promise<{ ask: () => Promise<Told>; warnings: readonly Warning[] }> {
    const warnings: Warning[] = [];
    const { url, close } = await make(specs, { clock: manualClock(), onWarning: (one) => void warnings.push(one) });
    closeAfterwards(close);
    const ask = async (): Promise<Told> => {
      const answer = await fetch(url);
      const [names, policies] = ['ratelimit', 'ratelimit-policy'].map((name) => namesIn(answer.headers.get(name)));
      return { names: names ?? [], policies: policies ?? [], refusal: (await answer.json()) as Told['refusal'] };
    };
    return { ask, warnings };
  }

  it.each([
    [['100/minute'], ['limit']],
    [
      ['100/minute', '5/minute'],
      ['limit', 'limit-5-60s'],
    ],
    [
      ['5/minute', '100/minute'],
      ['limit', 'limit-100-60s'],
    ],
    [
      ['5/minute', '5/minute', '5/minute'],
      ['limit', 'limit-5-60s', 'limit-5-60s-2'],
    ],
    [
      ['100/minute', HALVES],
      ['limit', 'limit-9-500ms'],
    ],
    [
      ['100/minute', NAMED],
      ['limit', 'limit-5-60s', 'limit-5-60s-2'],
    ],
    [
      ['100/minute', { limits: { login: '5/minute' } }],
      ['limit', 'login'],
    ],
    [
      ['100/minute', PERIODS],
      ['limit', 'limit-2'],
    ],
    [[NAMELESS, '5/minute'], ['limit']],
  ] as const)('%j are told by the names %j, each once and the same in each field', async (specs, names) => {
    const { ask } = await asking(specs);
    const told = [await ask(), await ask()];
    for (const one of told) expect([one.names, one.policies]).toEqual([names, names]);
  });

  it('are told by the last of them where a field holds one alone, and by each where it is a list', async () => {
    const figures = (rate: string): Spec =>
      policyOf(`limits: { calls: { rate: ${rate}, per: address } }
respond: { expose: true, headers: [{ of: calls, dialect: x-ratelimit }, { of: calls, fields: { Rate-${rate[0]}: '{limit}' } }] }`);
    const { url, close } = await make([figures('9/minute'), figures('3/minute')], {
      clock: manualClock(),
      onWarning: () => undefined,
    });
    closeAfterwards(close);
    const { headers } = await fetch(url);
    expect(['x-ratelimit-limit', 'x-ratelimit-remaining', 'rate-9', 'rate-3'].map((name) => headers.get(name))).toEqual(
      ['3', '2', '9', '3'],
    );
    expect(headers.get('access-control-expose-headers')).toMatch(/Rate-9.*Rate-3/i);
  });

  it('refuse by the name that they were told by when they let in', async () => {
    const { ask } = await asking(['100/minute', '1/minute']);
    expect((await ask()).names).toEqual(['limit', 'limit-1-60s']);
    const { names, policies, refusal } = await ask();
    expect([names, policies, refusal['violated-policies']]).toEqual([
      ['limit-1-60s'],
      ['limit-1-60s'],
      ['limit-1-60s'],
    ]);
    expect(refusal.detail).toContain('The limit "limit-1-60s" is used up.');
  });

  it('are said, once, to have one name', async () => {
    const { ask, warnings } = await asking(['100/minute', '5/minute']);
    await ask();
    await ask();
    expect(warnings.map(({ code, message }) => [code, message.includes('limit-5-60s')])).toEqual([
      ['WARN_ADAPTER_NAMES', true],
    ]);
    const named = await asking(['100/minute', { limits: { login: '5/minute' } }]);
    await named.ask();
    expect(named.warnings).toEqual([]);
  });
});

describe('what a route adds before another gate’s limit of its name', () => {
  it('is told apart from that, while programs call both what they have called them', async () => {
    const quiet = { clock: manualClock(), onWarning: (): void => undefined };
    const [all, some] = [express('100/minute', quiet), express({ limits: { login: '50/minute' } }, quiet)];
    const app = express5();
    app.use(all, some);
    app.get('/', all.route({ limits: { login: '5/minute' } }), (request, response) => {
      all.of(request).charge({ login: 2 } as never); // which only this route has
      response.json([all, some].map((gate) => gate.of(request).limits.map(({ name }) => name)));
    });
    const { url, close } = await listening(createServer(app));
    closeAfterwards(close);
    const answer = await fetch(url);
    expect(answer.headers.get('ratelimit')).toBe('"limit";r=99;t=64, "login-5-60s";r=2;t=64, "login";r=49;t=64');
    expect(await answer.json()).toEqual([['limit', 'login'], ['login']]);
  });
});
